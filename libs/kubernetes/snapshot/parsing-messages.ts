import type { MessagePort } from 'node:worker_threads';

/** What a thread that parses YAML is started with. */
export interface ParsingData {
  readonly port: MessagePort;
}

/** YAML documents one after the other. */
export interface ParsingBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each ends. */
  readonly ends: readonly number[];
  /** How deep each may be. */
  readonly depths: readonly number[];
}

export interface ParsedYaml {
  readonly value: unknown;
}

/** Undefined for a document that is bad in any way. */
export type ParsingAnswer = readonly (ParsedYaml | undefined)[];
