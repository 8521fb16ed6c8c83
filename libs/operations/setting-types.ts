import { Buffer } from 'node:buffer';

import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** How the text of one environment variable becomes a value; `expected` is a noun phrase that ends a sentence. */
export interface SettingType<Value> {
  readonly expected: string;
  readonly schema: z.ZodType<Value, string>;
}

const refuse = (context: z.RefinementCtx): never => {
  context.addIssue({ code: 'custom', message: 'refused' });
  return z.NEVER;
};

/** The one way to make a type: `parse` answers undefined for what it refuses. */
const settingType = <Value>(expected: string, parse: (text: string) => Value | undefined): SettingType<Value> => ({
  expected,
  schema: z.string().transform((text, context) => parse(text) ?? refuse(context)),
});

const parsedUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

export const integer = (from: number, to: number, unit = ''): SettingType<number> =>
  settingType(`a whole number from ${from} to ${to}${unit && ` (${unit})`}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= from && value <= to ? value : undefined;
  });

export const ratio: SettingType<number> = settingType('a number from 0 to 1', (text) => {
  const value = /^\d(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return value <= 1 ? value : undefined;
});

export const flag: SettingType<boolean> = {
  expected: '`true` or `false`',
  schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
};

export const oneOf = <const Choice extends string>(choices: readonly Choice[]): SettingType<Choice> => ({
  expected: choices.map((choice) => `\`${choice}\``).join(', ').replace(/, (?=[^,]*$)/, ' or '),
  schema: z.enum(choices),
});

/** A URL with one of these schemes and a host, given back as written. */
export const urlOf = (...schemes: readonly string[]): SettingType<string> =>
  settingType(`a URL like \`${schemes[0]}://host\`${schemes.length > 1 ? ` (or ${schemes.slice(1).join(', ')})` : ''}`, (text) => {
    const url = parsedUrl(text);
    return url && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '' ? text : undefined;
  });

export const postgresUrl: SettingType<string> = settingType('a URL like `postgres://role:password@host:5432/database`', (text) => {
  const url = parsedUrl(text);
  return url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '' && url.username !== '' && url.pathname.length > 1 ? text : undefined;
});

/** Origin and path of the service as its users reach it, without a slash at the end. */
export const publicUrl: SettingType<string> = settingType('an http or https URL without query, fragment or credentials', (text) => {
  const url = parsedUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) return undefined;
  return url.href.replace(/\/+$/, '');
});

export const host: SettingType<string> = settingType('an IP address or a host name to listen on', (text) =>
  ipaddr.isValid(text) || /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text) ? text : undefined,
);

export const name: SettingType<string> = settingType('up to 64 letters, digits, `-` or `_`', (text) => (/^[\w-]{1,64}$/.test(text) ? text : undefined));

export const folder: SettingType<string> = settingType('a folder', (text) => (text.includes('\0') ? undefined : text));

/** No entropy can be measured; what people type instead of a random text can be told all the same. */
const looksRandom = (units: Iterable<unknown>, least: number): boolean => new Set(units).size >= least;

/** Printable ASCII, because it travels in headers; `bwk_` begins an organisation's API key, which this must not be taken for. */
export const secretOf = (least: number): SettingType<string> =>
  settingType(`at least ${least} random characters without spaces, for example of \`openssl rand -base64 32\``, (text) =>
    text.length >= least && /^[\x21-\x7e]{1,512}$/.test(text) && looksRandom(text, 10) && !text.startsWith('bwk_') ? text : undefined,
  );

const base64Bytes = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '') ? bytes : undefined;
};

const randomKey = (text: string): Buffer | undefined => {
  const bytes = base64Bytes(text);
  return bytes?.length === 32 && looksRandom(bytes, 8) ? bytes : undefined;
};

export const key32: SettingType<Buffer> = settingType('32 random bytes as base64 (`openssl rand -base64 32`)', randomKey);

/** A named key-encryption key; the id is stored beside what it wrapped. */
export interface KeyEncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

export const keyRing: SettingType<readonly [KeyEncryptionKey, ...KeyEncryptionKey[]]> = settingType(
  '`id:key,id:key`, each key 32 random bytes as base64, ids and keys different, the first one wraps, the others still unwrap',
  (text) => {
    const keys: KeyEncryptionKey[] = [];
    for (const entry of text.split(',')) {
      const [, id, encoded] = /^\s*([\w-]{1,64}):(\S+)\s*$/.exec(entry) ?? [];
      const key = encoded === undefined ? undefined : randomKey(encoded);
      if (id === undefined || !key || keys.some((known) => known.id === id || known.key.equals(key))) return undefined;
      keys.push({ id, key });
    }
    const [first, ...rest] = keys;
    return first && [first, ...rest];
  },
);

/** Ranges in their canonical form, such as `10.0.0.0/8`; one with bits beyond its prefix is refused as a likely slip, and so is an IPv4 range in the clothes of IPv6. */
export const cidrList: SettingType<readonly string[]> = settingType('ranges like `10.0.0.0/8,fd00::/8`, with no bits set beyond the prefix', (text) => {
  const ranges: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (!ipaddr.isValidCIDR(entry)) return undefined;
    const [address, prefix] = ipaddr.parseCIDR(entry);
    const network = (address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(entry);
    if (network.toString() !== address.toString() || (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())) return undefined;
    ranges.push(`${network.toString()}/${prefix}`);
  }
  return ranges;
});
