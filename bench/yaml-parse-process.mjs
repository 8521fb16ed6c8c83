// Parses mixed manifests with the YAML library alone, in a process that has just started, as the worker has. Its arguments are
// how many and the seed, its last line JSON.
import { parseDocument } from 'yaml';
import { asYamlDocuments, mixedManifests } from './mixed-manifests.mjs';

const [count, seed] = process.argv.slice(2).map(Number);
const documents = asYamlDocuments(mixedManifests(count, seed));
const before = process.cpuUsage();
const start = performance.now();
for (const text of documents) parseDocument(text, { schema: 'core', merge: true, prettyErrors: false, logLevel: 'silent' }).toJS();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 })}\n`);
