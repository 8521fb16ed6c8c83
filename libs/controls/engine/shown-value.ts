import { withoutUserInfo } from '#inventory/credentials/user-info.js';

const LONGEST = 120;

/** A value as a report shows it: what somebody wrote may be anything, and of any length, and addresses may carry passwords. */
export function shownValue(value: unknown, longest = LONGEST): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const clean = withoutUserInfo(text.replaceAll(/[^\x20-\x7e]/g, '?'));
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
