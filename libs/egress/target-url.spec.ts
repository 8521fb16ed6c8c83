import { describe, expect, it } from 'vitest';
import { publicOnly, type AddressPolicy } from './address-policy.js';
import { EgressError } from './egress-error.js';
import { parseTargetUrl } from './target-url.js';

const localTest: AddressPolicy = { allowedPrivateRanges: [], allowLoopbackHttp: true };

function codeOf(text: string, policy: AddressPolicy): string {
  try {
    return `accepted as ${parseTargetUrl(text, policy).href}`;
  } catch (error) {
    if (error instanceof EgressError) return error.code;
    throw error;
  }
}

/** Ways to write an address that is not public. The URL parser normalises most of them; the rest must be judged all the same. */
const deniedLiterals = [
  'https://127.0.0.1/',
  'https://127.0.0.1:6443/',
  'https://127.1/',
  'https://127.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0X7F.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://0177.0x0.0.1/',
  'https://127.0.0.1./',
  'https://127。0。0。1/',
  'https://１２７.0.0.1/',
  'https://①②⑦.0.0.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://167772161/',
  'https://012.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://3232235777/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0251.0376.0251.0376/',
  'https://169.254.43518/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://192.0.0.192/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://4294967295/',
  'https://198.18.0.1/',
  'https://192.0.2.1/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::1]:6443/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[0000:0000:0000:0000:0000:0000:0000:0001]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:127.0.0.1]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[2001:0:7f00:1::]/',
  'https://[2001:db8::1]/',
  'https://[fc00::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
];

const invalid = [
  '',
  'host.example',
  '//host.example/',
  'https:host.example',
  'https:/host.example',
  'https:///host.example/',
  'https://',
  'https://?',
  'https://:443/',
  'https://host.example:0/',
  'https://host.example:65536/',
  'https://host.example:port/',
  'https://user@host.example/',
  'https://user:secret@host.example/',
  'https://:secret@host.example/',
  'https://@host.example/',
  'https://host.example@127.0.0.1/',
  'https://127.0.0.1@host.example/',
  'https://host.example/#fragment',
  'https://host.example/#',
  'https://host.example#@127.0.0.1/',
  'https://host.example\\@127.0.0.1/',
  'https://127.0.0.1\\.host.example/',
  'https:\\\\host.example/',
  ' https://host.example/',
  'https://host.example/ ',
  'https://host.example/a b',
  'https://ho\tst.example/',
  'https://ho\nst.example/',
  'https://host.example/\r\nx: y',
  'https://ho\u0000st.example/',
  'https://ho\u200bst.example/',
  'https://ho\u00adst.example/',
  'https://host.example/\u202e',
  'https://%31%32%37.0.0.1/',
  'https://host%2eexample/',
  'https://[fe80::1%25eth0]/',
  'https://[fe80::1%eth0]/',
  'https://[::1/',
  'https://::1/',
  'https://[]/',
  'https://[127.0.0.1]/',
  'https://[host.example]/',
  'https://host..example/',
  'https://.host.example/',
  'https://host.example../',
  'https://./',
  'https://../',
  'https://-host.example/',
  'https://host-.example/',
  'https://ho*st.example/',
  "https://ho'st.example/",
  'https://ho(st).example/',
  'https://ho$st.example/',
  'https://ho;st.example/',
  'https://ho{st}.example/',
  'https://ho,st.example/',
  'https://1.2.3.4.5/',
  'https://256.1.1.1/',
  `https://${'a'.repeat(64)}.example/`,
  `https://${'a.'.repeat(130)}example/`,
  `https://host.example/${'a'.repeat(2048)}`,
];

const otherSchemes = [
  'http://host.example/',
  'http://127.0.0.1/',
  'http://localhost/',
  'ftp://host.example/',
  'file://host.example/etc/passwd',
  'gopher://127.0.0.1:6379/_x',
  'ws://host.example/',
  'wss://host.example/',
  'unix://var/run/docker.sock',
  'javascript://host.example/%0aalert(1)',
];

describe('parseTargetUrl', () => {
  it.each(deniedLiterals)('denies %s at once', (text) => {
    expect(codeOf(text, publicOnly)).toBe('address-denied');
  });

  it.each(invalid)('finds %j invalid', (text) => {
    expect(codeOf(text, publicOnly)).toBe('invalid-url');
    expect(codeOf(text, localTest)).toBe('invalid-url');
  });

  it.each(otherSchemes)('does not call %s', (text) => {
    expect(codeOf(text, publicOnly)).toBe('scheme-not-allowed');
  });

  it.each([
    ['https://host.example', 'https://host.example/'],
    ['HTTPS://HOST.Example:443/Path?q=1', 'https://host.example/Path?q=1'],
    ['https://host.example.:6443/', 'https://host.example:6443/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://аpple.example/', 'https://xn--pple-43d.example/'],
    ['https://my_host.example/', 'https://my_host.example/'],
    ['https://8.8.8.8:6443/', 'https://8.8.8.8:6443/'],
    ['https://0x08080808/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
    ['https://localhost:6443/', 'https://localhost:6443/'],
    ['https://host.example/a@b?c=d@e', 'https://host.example/a@b?c=d@e'],
    ['https://host.example/%41', 'https://host.example/%41'],
  ])('reads %s as %s', (text, href) => {
    expect(parseTargetUrl(text, publicOnly).href).toBe(href);
  });

  it('takes plain http to loopback, where the operator allows it', () => {
    expect(parseTargetUrl('http://127.0.0.1:8080/hook', localTest).host).toBe('127.0.0.1:8080');
    expect(parseTargetUrl('http://[::1]:8080/hook', localTest).host).toBe('[::1]:8080');
    expect(parseTargetUrl('http://localhost.:8080/hook', localTest).host).toBe('localhost:8080');
    expect(codeOf('http://host.example/', localTest)).toBe('scheme-not-allowed');
    expect(codeOf('http://8.8.8.8/', localTest)).toBe('scheme-not-allowed');
    expect(codeOf('http://localhost.example/', localTest)).toBe('scheme-not-allowed');
  });

  it('names no credential in its messages', () => {
    const secret = 'hunter2-canary';
    for (const text of [
      `https://u:${secret}@host.example/`,
      `ftp://${secret}@host.example/`,
      `https://10.0.0.1/${secret}?t=${secret}`,
      `https://host.example/#${secret}`,
      `http://host.example/${secret}`,
    ]) {
      expect(() => parseTargetUrl(text, publicOnly)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }));
    }
  });
});
