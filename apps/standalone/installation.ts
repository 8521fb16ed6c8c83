import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { printable } from '#operations/printable.js';
import { systemReason, ToldError } from './told-error.js';

/** The secrets of one installation; made at its first start, kept with mode 0600. */
const schema = z.strictObject({
  keyEncryptionKeys: z.string(),
  apiKeyPepper: z.string(),
  cursorKey: z.string(),
  operatorKey: z.string(),
  databasePassword: z.string(),
  /** Id of the first organisation. */
  tenantId: z.uuid().optional(),
});
export type Secrets = z.infer<typeof schema>;

const secret = (): string => randomBytes(32).toString('base64');

/** Files of one data directory. Its owner alone may read the secrets; others may pass through to the database's own folder. */
export class Installation {
  readonly apiKeyFile: string;
  readonly postgresDirectory: string;
  private readonly secretsFile: string;

  /** Makes the directory where it is not there. Throws `ToldError`. */
  constructor(readonly directory: string) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o711 });
      accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const reason = systemReason(error);
      if (reason === undefined) throw error;
      throw new ToldError(`Data cannot be kept in ${printable(directory)}: ${reason}. Choose another directory with --data-dir or BULWARK_DATA_DIR.`);
    }
    this.apiKeyFile = join(directory, 'api-key');
    this.secretsFile = join(directory, 'secrets.json');
    this.postgresDirectory = join(directory, 'postgres');
  }

  /** Forgets everything but the database, which is dropped where it is started. */
  forget(): void {
    rmSync(this.apiKeyFile, { force: true });
    rmSync(this.secretsFile, { force: true });
  }

  /** Reads the secrets, or makes them. Throws where the file is damaged: new ones would make the data unreadable. */
  secrets(): Secrets {
    if (!existsSync(this.secretsFile)) {
      const made: Secrets = { keyEncryptionKeys: `first:${secret()}`, apiKeyPepper: secret(), cursorKey: secret(), operatorKey: secret(), databasePassword: randomBytes(24).toString('hex') };
      this.save(made);
      return made;
    }
    try {
      return schema.parse(JSON.parse(readFileSync(this.secretsFile, 'utf8')));
    } catch {
      throw new ToldError(`${printable(this.secretsFile)} is damaged. Restore it, or start with --fresh to begin with empty data.`);
    }
  }

  save(secrets: Secrets): void {
    writePrivate(this.secretsFile, `${JSON.stringify(secrets, null, 2)}\n`);
  }

  apiKey(): string | undefined {
    return existsSync(this.apiKeyFile) ? readFileSync(this.apiKeyFile, 'utf8').trim() : undefined;
  }

  saveApiKey(token: string): void {
    writePrivate(this.apiKeyFile, `${token}\n`);
  }
}

/** Whole or not at all, also over a power cut. */
function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}
