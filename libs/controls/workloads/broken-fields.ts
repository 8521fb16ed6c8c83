/** Fields that a finding lists; of more it gives the number. */
const LISTED = 10;

/** Fields in a sentence: the first, and how many others. */
export const fieldsText = (fields: readonly string[]): string => (fields.length === 1 ? fields[0]! : `${fields[0]!} and ${fields.length - 1} more`);

export const fieldsDetail = (fields: readonly string[]): Readonly<Record<string, unknown>> =>
  fields.length > LISTED ? { fields: fields.slice(0, LISTED), more: fields.length - LISTED } : { fields };
