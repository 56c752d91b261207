// Items of `ddbgen query --plain` as people would see them: for scripts/demo.
//
//     node scripts/demo-chat.js inbox always|never < ITEMS
//     node scripts/demo-chat.js chat always|never HANDLE < ITEMS    HANDLE's side is indented
'use strict';

const [mode, color, me] = process.argv.slice(2);
const WIDTH = 60;
const SHOWN = 9;

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
        const gap = ' '.repeat(Math.max(2, WIDTH + 8 - name.length - handle.length - when.length));
        console.log(`\n  ${theirs(name)} ${dim(handle)}${gap}${dim(when)}`);
        console.log(`  ${shortened(item.message, WIDTH + 8)}`);
    }
}

function showChat(items) {
    const oldestFirst = items.slice(0, SHOWN).reverse();
    console.log(`\n  ${dim(`... ${day(oldestFirst[0].sk)} ...`)}`);
    for (const item of oldestFirst) {
        const own = item.user_handle === me;
        const indent = ' '.repeat(own ? 14 : 2);
        const name = (own ? mine : theirs)(visible(item.user_display_name));
        console.log(`\n${indent}${name} ${dim(clock(item.sk))}`);
        for (const line of wrap(item.message, WIDTH)) {
            console.log(indent + line);
        }
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
