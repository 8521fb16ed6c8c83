/** Whether a file mode has no bit, of permissions or of set-user, set-group and sticky, beyond `max`. */
export const isWithinMode = (mode: number, max: number): boolean => (mode & 0o7777 & ~max) === 0;

/** As people write it: 0644. */
export const modeText = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
