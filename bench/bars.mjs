/** What was measured beside what was promised. */
export const atMost = (name, value, bar, unit) => ({ name, value, bar, unit, sense: '<=', isMet: value <= bar });
export const atLeast = (name, value, bar, unit) => ({ name, value, bar, unit, sense: '>=', isMet: value >= bar });

const MEBIBYTE = 1024 * 1024;
export const memoryAtMost = (name, bytes, bar) => atMost(name, Math.round(bytes / MEBIBYTE), bar, 'MB');

export const barRows = (bars) => bars.map(({ name, value, bar, unit, sense, isMet }) => [name, value, `${sense} ${bar}`, unit, isMet ? 'yes' : 'NO']);
export const barHeadings = ['bar', 'measured', 'promised', 'unit', 'met'];
