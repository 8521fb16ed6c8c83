/** Bounds of format 1, kept by the collector and enforced by the reader. Sizes are bytes. */
export const bundleLimits = {
  /** Of the envelope as it is sent, and of the evidence unpacked. */
  bundle: 4 * 1024 * 1024,
  /** Deepest nesting of the evidence. */
  depth: 16,
  processes: 64,
  argvBytes: 64 * 1024,
  argvWords: 2_000,
  /** Longest text anywhere; longer ones are not kept. */
  text: 16 * 1024,
  path: 4 * 1024,
  files: 8_000,
  treePaths: 2_000,
  treeDepth: 8,
  trees: 200,
  configs: 400,
  configBytes: 1024 * 1024,
  /** Settings, rules, options and words in one configuration file. */
  configItems: 2_000,
  certificates: 600,
  certificatesInFile: 200,
  units: 40,
  unitFiles: 60,
  sockets: 200,
  mounts: 400,
} as const;
