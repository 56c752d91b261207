// Evaluates texts with ${{ expressions }} as GitHub Actions does, by GitHub's own evaluator.
// A line of standard input: {"context": {...}, "failed": whether a step before has failed,
// "texts": [...]}. It is answered by a line: a list of the strings that the texts become.
import readline from 'node:readline';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

function toData(value) {
    switch (typeof value) {
        case 'string':
            return new data.StringData(value);
        case 'number':
            return new data.NumberData(value);
        case 'boolean':
            return new data.BooleanData(value);
        case 'object':
            if (value !== null) {
                const pairs = Object.entries(value);
                return new data.Dictionary(
                    ...pairs.map(([key, member]) => ({ key, value: toData(member) })),
                );
            }
    }
    return new data.Null();
}

function statusFunctions(failed) {
    const states = { success: !failed, failure: failed, always: true, cancelled: false };
    return new Map(
        Object.entries(states).map(([name, state]) => [
            name,
            { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(state) },
        ]),
    );
}

function evaluate(text, context, functions) {
    const { tokens } = new Lexer(text).lex();
    const parsed = new Parser(tokens, Object.keys(context), [...functions.values()]).parse();
    return new Evaluator(parsed, toData(context), functions).evaluate().coerceString();
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    const { context, failed, texts } = JSON.parse(line);
    const functions = statusFunctions(failed);
    const results = texts.map((text) =>
        text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression) =>
            evaluate(expression.trim(), context, functions),
        ),
    );
    process.stdout.write(JSON.stringify(results) + '\n');
}
