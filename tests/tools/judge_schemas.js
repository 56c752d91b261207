// Judges documents by JSON Schemas. Standard input: {"schemas": {KIND: schema},
// "documents": [{"kind": KIND, "text": JSON}]}. Standard output: for each document null
// when its schema accepts it, else the first thing that is wrong.
'use strict';
const fs = require('fs');
const Ajv = require('ajv');

const { schemas, documents } = JSON.parse(fs.readFileSync(0, 'utf8'));
// Strict: what the schema says must also make sense; draft-07 is the default.
const ajv = new Ajv({ strict: true, strictTypes: true, allowUnionTypes: true });
const judges = {};
for (const [kind, schema] of Object.entries(schemas)) {
    judges[kind] = ajv.compile(schema);
}
const verdicts = documents.map(({ kind, text }) => {
    const judge = judges[kind];
    if (judge(JSON.parse(text))) {
        return null;
    }
    const { instancePath, message } = judge.errors[0];
    return `${instancePath || '/'} ${message}`;
});
process.stdout.write(JSON.stringify(verdicts));
