// Items of `ddbgen query --plain` as people would see them: for scripts/demo.
//
//     node scripts/demo-chat.js inbox always|never < ITEMS
//     node scripts/demo-chat.js chat always|never HANDLE < ITEMS    HANDLE is the reader
'use strict';

const [mode, color, me] = process.argv.slice(2);
const WIDTH = 76;
const SHOWN = 10;

const paint = (code) => (text) => (color === 'always' ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint('1');
const dim = paint('2');
const mine = paint('1;32');
const theirs = paint('1;35');

const visible = (text) => text.replace(/[\p{Cc}\p{Bidi_C}]/gu, '\u00b7');
const day = (time) =>
    new Date(time).toLocaleDateString('en-GB', {
        weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC',
    });
const clock = (time) => time.slice(11, 16);

function wrap(text, width) {
    const lines = [];
    for (const paragraph of text.split('\n')) {
        let line = '';
        for (const word of visible(paragraph).split(' ')) {
            if (line && line.length + 1 + word.length > width) {
                lines.push(line);
                line = word;
            } else {
                line = line ? `${line} ${word}` : word;
            }
        }
        lines.push(line);
    }
    return lines;
}

function shortened(text, width) {
    const [first, ...more] = wrap(text, width - 4);
    return more.length ? `${first} ...` : first;
}

function showInbox(items) {
    for (const item of items) {
        const name = visible(item.user_display_name);
        const handle = `@${visible(item.user_handle)}`;
        const when = `${day(item.sk)}, ${clock(item.sk)}`;
        const gap = ' '.repeat(Math.max(2, WIDTH - name.length - handle.length - when.length));
        console.log(`\n  ${theirs(name)} ${dim(handle)}${gap}${dim(when)}`);
        console.log(`  ${shortened(item.message, WIDTH)}`);
    }
}

function showChat(items) {
    const oldestFirst = items.slice(0, SHOWN).reverse();
    const names = [...new Set(items.map((item) => visible(item.user_display_name)))].sort();
    const margin = Math.max(...names.map((name) => name.length)) + 3;
    const title = names.join(' & ');
    const when = day(oldestFirst[0].sk);
    const gap = ' '.repeat(Math.max(2, WIDTH - title.length - when.length));
    console.log(`\n  ${bold(title)}${gap}${dim(when)}\n`);
    for (const item of oldestFirst) {
        const name = visible(item.user_display_name);
        const paintName = item.user_handle === me ? mine : theirs;
        const [first, ...more] = wrap(item.message, WIDTH - 7 - margin);
        const pad = ' '.repeat(margin - name.length);
        console.log(`  ${dim(clock(item.sk))}  ${paintName(name)}${pad}${first}`);
        more.forEach((line) => console.log(' '.repeat(9 + margin) + line));
    }
}

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (part) => { input += part; });
process.stdin.on('end', () => {
    const items = input.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    if (items.length === 0) {
        console.error('demo: nothing was found');
        process.exit(1);
    }
    (mode === 'inbox' ? showInbox : showChat)(items);
});
