/** How much an upload may hold. */
export interface SnapshotSettings {
  /** Of the whole upload, decompressed. */
  readonly maxBytes: number;
  readonly maxObjects: number;
  readonly maxObjectBytes: number;
  readonly maxDepth: number;
  /** Of one YAML document that has to be parsed as a whole, because it is no list or one in flow style: parsing takes 100 times its size. */
  readonly maxYamlDocumentBytes: number;
}

export const defaultSnapshotSettings: SnapshotSettings = {
  maxBytes: 1024 ** 3,
  maxObjects: 2_000_000,
  maxObjectBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxYamlDocumentBytes: 4 * 1024 * 1024,
};
