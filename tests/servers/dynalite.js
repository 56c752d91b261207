// A dynalite on a free port of 127.0.0.1, for the demo and the tests.
//
//     node tests/servers/dynalite.js [create-ms [delete-ms]]
//
// Prints its port on standard output and ends when its standard input does, so it cannot
// outlive whoever started it. dynalite's own command takes no "any free port".
'use strict';
const dynalite = require('../node_modules/dynalite');

const [createTableMs = 20, deleteTableMs = 20] = process.argv.slice(2).map(Number);
const server = dynalite({ createTableMs, deleteTableMs, updateTableMs: createTableMs });

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
