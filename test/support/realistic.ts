import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const truth = process.env['BULWARK_TRUTH_DIR'];
const folder = truth === undefined ? undefined : join(truth, 'realistic');

/** Files of manifests that real projects ship, one object a line; none where BULWARK_TRUTH_DIR does not name a folder with them. */
export const realisticFiles: readonly string[] = folder === undefined ? [] : readdirSync(folder).filter((file) => file.endsWith('.jsonl')).sort();

export const readRealistic = (file: string): readonly unknown[] => readFileSync(join(folder!, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown);
