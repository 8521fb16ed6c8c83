import { describe, expect, it } from 'vitest';

import { parsePasswd, postgresAccount } from './postgres-account.js';

const passwd = 'root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\nnobody:*:-2:-2::/:/x\nodd\n';

describe('postgresAccount', () => {
  it('finds an account by its exact name, and never root or a number that is none', () => {
    expect(parsePasswd(passwd, 'postgres')).toEqual({ uid: 101, gid: 104 });
    expect(parsePasswd(passwd, 'root')).toBeUndefined();
    expect(parsePasswd(passwd, 'nobody')).toBeUndefined();
    expect(parsePasswd(passwd, 'odd')).toBeUndefined();
    expect(parsePasswd(passwd, 'post')).toBeUndefined();
  });

  it.runIf(process.getuid?.() === 0)('is the owner of what is there, else some unprivileged account, for root', async () => {
    expect(await postgresAccount({ uid: 65534, gid: 65534 })).toEqual({ uid: 65534, gid: 65534 });
    expect((await postgresAccount(undefined))?.uid).toBeGreaterThan(0);
  });

  it.skipIf(process.getuid?.() === 0)('is ourselves for an ordinary user', async () => {
    expect(await postgresAccount(undefined)).toBeUndefined();
  });
});
