import { asList } from '#inventory/readers/unknown-record.js';

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The texts of a list, whatever else is in it. */
export const texts = (value: unknown): readonly string[] => asList(value).filter((item): item is string => typeof item === 'string');
