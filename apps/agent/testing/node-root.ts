import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface FakeProcess {
  readonly pid: number;
  readonly argv: readonly (string | Buffer)[];
  readonly uid?: number;
  readonly exe?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cgroup?: string;
  readonly mountinfo?: string;
}

/** A node's root in a directory of its own, with a /proc of plain files; at the latest it goes with the run of tests. */
export class NodeRoot {
  readonly path = mkdtempSync(join(process.env['BULWARK_TEST_FOLDER'] ?? tmpdir(), 'bulwark-node-'));

  constructor() {
    this.file('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\netcd:x:998:997::/:/bin/false\n');
    this.file('/etc/group', 'root:x:0:\netcd:x:997:\n');
    this.file('/etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
    this.file('/etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`);
    this.file('/proc/sys/kernel/osrelease', '6.1.0-test\n');
    this.process({ pid: 1, argv: ['/sbin/init'], mountinfo: '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n' });
    this.file('/proc/1/comm', 'systemd\n');
    this.file('/proc/1/net/tcp', '  sl  local_address rem_address   st\n');
  }

  file(path: string, content: string | Buffer, mode = 0o644): string {
    const full = join(this.path, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    chmodSync(full, mode);
    return full;
  }

  directory(path: string, mode = 0o755): string {
    const full = join(this.path, path);
    mkdirSync(full, { recursive: true });
    chmodSync(full, mode);
    return full;
  }

  link(path: string, target: string): void {
    const full = join(this.path, path);
    mkdirSync(dirname(full), { recursive: true });
    symlinkSync(target, full);
  }

  fifo(path: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    execFileSync('mkfifo', [join(this.path, path)]);
  }

  process({ pid, argv, uid = 0, exe, environment, cgroup, mountinfo }: FakeProcess): void {
    const nul = Buffer.from([0]);
    this.file(`/proc/${pid}/cmdline`, Buffer.concat(argv.flatMap((word) => [Buffer.from(word), nul])));
    this.file(`/proc/${pid}/comm`, `${String(argv[0]).split('/').at(-1)?.slice(0, 15)}\n`);
    this.file(`/proc/${pid}/status`, `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    this.file(`/proc/${pid}/environ`, Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}\0`).join(''));
    if (cgroup !== undefined) this.file(`/proc/${pid}/cgroup`, cgroup);
    if (mountinfo !== undefined) this.file(`/proc/${pid}/mountinfo`, mountinfo);
    if (exe !== undefined) this.link(`/proc/${pid}/exe`, exe);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
