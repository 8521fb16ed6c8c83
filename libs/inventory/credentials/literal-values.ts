/** Words that say that there is no value. */
const noValue: ReadonlySet<string> = new Set([
  'true', 'false', 'yes', 'no', 'on', 'off', 'enabled', 'disabled', 'required', 'optional', 'auto', 'default', 'none', 'null', 'nil', 'n/a', 'na', 'undefined', 'unset', 'empty', 'unknown',
  'string', 'str', 'text', 'todo', 'tbd', 'fixme', 'placeholder', 'redacted', 'removed', 'masked', 'hidden', 'dummy', 'example', 'any', 'all', 'basic', 'bearer', 'plain', 'oauth', 'oauth2',
]);

/** References that something resolves at run time, or a template. */
const reference = /\$\(|\$\{|\{\{|<%|%[({]|`|^\$[A-Za-z_]|^%[A-Za-z_]+%$|^@[\w.-]+@$|^__[\w.-]+__$|^\{[\w.-]+\}$|^<[^<>]*>$|^\[[^[\]]*\]$/;
/** Places where the value is, instead of the value. */
const elsewhere = /^(?:~|\.{1,2})?\/[\w.@+-]+(?:\/[\w.@+-]+)*\/?$|^[A-Za-z]:\\|^(?:file|env|vault|ref\+\w+|secretref|secret|secrets?manager|aws-?sm|awssm|asm|ssm|gcp-?sm|gcpsm|sm|gsm|akv|azkv|azurekeyvault|keyvault|op|doppler|k8s|kubernetes|arn|projects|bank-vaults|sops|enc|ENC)[:([]|^!(?:ENV|env|secret|vault)\b|^projects\/[^/]+\/secrets\//;
/** Passwords are checked by their hash; it is not what opens. */
const hashed = /^(?:\$(?:2[abxy]?|argon2\w*|[156y]|apr1|pbkdf2[\w-]*|scrypt|7)\$|\{(?:SSHA|SHA|MD5|CRYPT|BCRYPT)\d*\})/;
const placeholder = /(?:^|[-_.\s])(?:your|replace|insert|enter|fill)[-_.\s]?(?:me|this|here|in|your|the|with|it)?(?:[-_.\s]|$)|(?:^|[-_.\s])(?:placeholder|redacted|goes[-_\s]here)(?:[-_.\s]|$)/i;
const plainUrl = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^@]*$/;
const numberOrTime = /^-?\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d|w|y|%|[KMGT]i?B?)?$/;

/** Longest value of a named credential; what is longer is a text. */
const LONGEST = 4096;

/** Whether a value is itself what is used, not a reference to it and not a stand-in for it. */
export function isFixed(value: string): boolean {
  const text = value.trim();
  if (text.length < 3 || text.length > LONGEST) return false;
  return !noValue.has(text.toLowerCase()) && !reference.test(text) && !elsewhere.test(text) && !hashed.test(text) && !placeholder.test(text) && !plainUrl.test(text);
}

/** What stands in a text by which others explain: examples, and values that were written over. */
const explained: ReadonlySet<string> = new Set(['password', 'passwd', 'pass', 'pwd', 'secret', 'token', 'user', 'username', 'changeme', 'mypassword', 'foo', 'bar', 'foobar', 'test']);

/** The same in a text of several lines, some of which may only explain. */
export const isFixedInText = (value: string): boolean => isFixed(value) && !explained.has(value.toLowerCase()) && !/^(.)\1+$/.test(value);

/** Names of objects look like this; passwords that people choose may as well, tokens that machines make do not. */
const objectName = /^[a-z][a-z0-9]*(?:[-./][a-z0-9]+)+$/;
const toldOfNames = /(?:^|[-./])(?:secrets?|passwords?|tokens?|credentials?|creds|keys?|auth|tls|certs?|ssl|config|pull|login|registry)(?:$|[-./])/;

/** Whether the value of something named `secret` or `token` is only the name of an object. */
export const isObjectName = (value: string): boolean => objectName.test(value) && toldOfNames.test(value);

export const isNumberOrTime = (value: string): boolean => numberOrTime.test(value);

/** Whether somebody wrote over a value that was there. */
export const isMasked = (value: string): boolean => /^(?:x{3,}|X{3,}|\*{3,})$/.test(value);

/** Whether it looks like made by a machine: letters and digits, or both cases, and long enough. */
export const looksMade = (value: string): boolean => value.length >= 8 && /^\S+$/.test(value) && (/\d/.test(value) ? /[A-Za-z]/.test(value) || value.length >= 16 : /[a-z]/.test(value) && /[A-Z]/.test(value.slice(1)));
