// SARIF documents on standard input ([{name, document}, ...]) against the JSON Schema
// that the package at argv[2] brings, by the validator that it depends on.
'use strict';
const fs = require('fs');
const path = require('path');

const folder = process.argv[2];
const from = { paths: [folder] };
const Ajv = require(require.resolve('ajv', from));
const draft4 = require(require.resolve('ajv/lib/refs/json-schema-draft-04.json', from));
const schema = require(path.join(folder, 'lib/schemas/sarif-2.1.0-rtm.5.json'));

const ajv = new Ajv({ schemaId: 'id', meta: false, allErrors: true });
ajv.addMetaSchema(draft4);
const validate = ajv.compile(schema);

// A validator that accepts anything proves nothing.
const mistaken = { version: '2.1.0', runs: [{ tool: { driver: {} }, columnKind: 'bytes' }] };
if (validate(mistaken)) {
    console.log('the schema accepts a document that it must refuse');
    process.exit(1);
}

const documents = JSON.parse(fs.readFileSync(0));
let failed = 0;
for (const { name, document } of documents) {
    if (!validate(document)) {
        failed++;
        console.log(`${name}: ${ajv.errorsText(validate.errors, { dataVar: 'sarif' })}`);
    }
}
console.log(`sarif: ${documents.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 || documents.length === 0 ? 1 : 0);
