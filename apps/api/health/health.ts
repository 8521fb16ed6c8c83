import type { Metrics } from '#operations/metrics.js';

/** Resolves if what it asks answers. */
export type ReadinessCheck = () => Promise<void>;

const checkMs = 2_000;

/** Whether what this process needs is there, and its numbers. */
export class Health {
  private asking: Promise<readonly string[]> | undefined;

  constructor(
    private readonly checks: Readonly<Record<string, ReadinessCheck>>,
    private readonly registry: Metrics['registry'] | undefined,
  ) {}

  /** Names of what does not answer in time. However many ask at once, it is looked up once: anybody may ask. */
  missing(): Promise<readonly string[]> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<readonly string[]> {
    const answers = await Promise.all(Object.entries(this.checks).map(async ([name, check]) => ((await doesAnswer(check)) ? undefined : name)));
    return answers.filter((name) => name !== undefined);
  }

  async metrics(): Promise<string> {
    return (await this.registry?.metrics()) ?? '';
  }
}

async function doesAnswer(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), checkMs)));
  try {
    return await Promise.race([check().then(() => true, () => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
