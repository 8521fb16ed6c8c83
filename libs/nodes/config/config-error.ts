/** A configuration file makes no sense; the message names keys and lines, never values. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
