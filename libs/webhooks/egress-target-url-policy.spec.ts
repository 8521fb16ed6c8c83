import { describe, expect, it } from 'vitest';
import { AppError } from '#application/app-error.js';
import { publicOnly } from '#egress/address-policy.js';
import { egressTargetUrlPolicy } from './egress-target-url-policy.js';

describe('the addresses that webhooks may have', () => {
  const tenants = egressTargetUrlPolicy(publicOnly);
  const standalone = egressTargetUrlPolicy({ allowedPrivateRanges: ['10.0.0.0/8'], allowLoopbackHttp: true });

  it('takes public https', () => {
    for (const url of ['https://hooks.example.com/a?b=c', 'https://93.184.216.34:8443/']) expect(tenants.check(url)).toEqual({ insecure: false });
  });

  it.each([
    'http://hooks.example.com/', 'http://127.0.0.1/', 'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/',
    'https://10.0.0.1/', 'https://169.254.169.254/', 'https://[64:ff9b::a9fe:a9fe]/', 'https://user:pass@hooks.example.com/', 'ftp://hooks.example.com/', 'hooks.example.com', '',
  ])('refuses %s, and points at it', (url) => {
    expect(() => tenants.check(url)).toThrow(AppError);
    expect(() => tenants.check(url)).toThrow(
      expect.objectContaining({ kind: 'invalid', reason: 'webhook-url-refused', errors: [expect.objectContaining({ pointer: '/url', type: 'webhook-url-refused' })] }),
    );
  });

  it('marks plain http, where the operator lets it be used', () => {
    expect(standalone.check('http://127.0.0.1:8080/hook')).toEqual({ insecure: true });
    expect(standalone.check('https://10.1.2.3/hook')).toEqual({ insecure: false });
    expect(() => standalone.check('http://10.1.2.3/hook')).toThrow(AppError);
  });
});
