import { migrate } from '#database/migrate.js';
import { createLogger } from '#operations/logger.js';
import { readSettings, SettingsError } from '#operations/settings.js';
import { migrateQueue } from '#queue/migrate-queue.js';

/** Brings the database up to date, lets the app's role use it, and ends. Safe to run at every deployment, also twice at once. */
try {
  const settings = readSettings(process.env, 'migrate');
  const log = createLogger({ level: settings.logLevel, format: settings.logFormat, service: 'migrate' });
  try {
    const app = new URL(settings.databaseUrl);
    const appUser = decodeURIComponent(app.username);
    const applied = await migrate(settings.adminDatabaseUrl, { appUser, ...(app.password !== '' && { appPassword: decodeURIComponent(app.password) }) });
    await migrateQueue(settings.adminDatabaseUrl, appUser);
    log.info({ applied }, applied.length === 0 ? 'the database was up to date' : 'the database is up to date now');
  } catch (error) {
    log.error({ err: error }, 'the database could not be brought up to date');
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
