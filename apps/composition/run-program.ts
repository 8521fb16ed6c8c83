import { readSettings, SettingsError, type Role, type Settings } from '#operations/settings.js';
import { createLogger } from '#operations/logger.js';
import type { Log } from '#operations/log.js';

export interface Program {
  stop(): Promise<void>;
}

/**
 * Runs a program of the production topology: reads its settings, starts it, stops it at SIGTERM or SIGINT, and
 * ends the process with 0, or with 1 and one line that says what is wrong.
 */
export async function runProgram<R extends Role>(role: R, start: (settings: Settings<R>, log: Log) => Promise<Program>): Promise<void> {
  let settings: Settings<R>;
  try {
    settings = readSettings(process.env, role);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const log = createLogger({ level: settings.logLevel, format: settings.logFormat, service: role });
  try {
    const program = await start(settings, log);
    const signal = await new Promise<NodeJS.Signals>((resolve) => {
      for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve);
    });
    log.info({ signal }, `${role} stops`);
    await program.stop();
    log.info({}, `${role} stopped`);
    // Nothing should hold the process any more; where something does, the orchestrator must not wait for it.
    setTimeout(() => process.exit(0), 2_000).unref();
  } catch (error) {
    log.error({ err: error }, `${role} cannot run`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 2_000).unref();
  }
}
