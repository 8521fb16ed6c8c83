import type { ColumnOptions, ValueTransformer } from 'typeorm';

/** Postgres gives a bigint as text; ours count scans, events and bytes and stay far below 2^53. */
const asNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? null : Number(value)),
};

export const bigint: ColumnOptions = { type: 'bigint', transformer: asNumber };
export const maybeBigint: ColumnOptions = { ...bigint, nullable: true };
export const maybeText: ColumnOptions = { type: 'text', nullable: true };
export const maybeUuid: ColumnOptions = { type: 'uuid', nullable: true };
export const maybeInteger: ColumnOptions = { type: 'integer', nullable: true };
export const maybeJson: ColumnOptions = { type: 'jsonb', nullable: true };
export const time: ColumnOptions = { type: 'timestamptz', precision: 3 };
export const maybeTime: ColumnOptions = { ...time, nullable: true };
export const texts: ColumnOptions = { type: 'text', array: true };
export const maybeTexts: ColumnOptions = { ...texts, nullable: true };
