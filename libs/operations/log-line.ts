import { printable } from './printable.js';

const colours: Readonly<Record<string, string>> = { debug: '2', info: '32', warn: '33', error: '31', fatal: '35' };

interface Entry extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly level: string;
  readonly msg?: string;
}

/** One entry (a JSON line of the logger) as one line for people: `14:02:11.123 WARN  message key=value`. */
export function readableLine(line: string, isColoured: boolean): string {
  const { time, level, msg, err, ...fields } = JSON.parse(line) as Entry;
  const paint = (code: string, text: string): string => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
  const pairs = Object.entries(fields).map(([key, value]) => paint('2', `${printable(key)}=${plainValue(value)}`));
  return [
    paint('2', time.slice(11, 23)),
    paint(colours[level] ?? '0', level.toUpperCase().padEnd(5)),
    printable(msg ?? ''),
    ...pairs,
    ...(err === undefined ? [] : [paint('31', errorText(err))]),
  ].join(' ');
}

const plainText = (value: unknown): string => printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function plainValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? '';
  return printable(typeof value === 'string' && /[\s"=]/.test(text) ? JSON.stringify(text) : text);
}

/** Type, message and where it was thrown; the whole stack stands in the JSON format. */
function errorText(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('message' in err)) return plainValue(err);
  const { type, message, stack, cause, code } = err as Readonly<Record<string, unknown>>;
  const place = typeof stack === 'string' ? /\n\s+at (.+)/.exec(stack)?.[1] : undefined;
  return `${plainText(type)}: ${plainText(message)}${typeof code === 'string' ? ` [${printable(code)}]` : ''}${place ? ` (at ${printable(place)})` : ''}${cause === undefined ? '' : ` <- ${errorText(cause)}`}`;
}
