import { describe, expect, it } from 'vitest';
import { programsOf } from './started-programs.js';

describe('programsOf', () => {
  it.each<[string, readonly string[], readonly string[] | undefined]>([
    ['the program itself', ['sudo', 'nginx'], ['sudo']],
    ['by its path', ['/usr/sbin/sshd', '-D'], ['sshd']],
    ['behind an init', ['/sbin/tini', '--', '/usr/sbin/sshd', '-D'], ['sshd']],
    ['behind a wrapper', ['env', 'sudo', 'x'], ['sudo']],
    ['in a script', ['sh', '-c', 'mkdir -p /run/sshd && exec /usr/sbin/sshd -D'], ['sshd']],
    ['in a script of one word', ['sh', '-c', '/usr/sbin/sshd'], ['sshd']],
    ['both in a script', ['bash', '-c', 'sudo chown app /data; service ssh start; exec app'], ['sshd', 'sudo']],
    ['on a line of its own', ['sh', '-c', 'set -e\n  sudo -E app\n'], ['sudo']],
    ['a service script', ['sh', '-c', '/etc/init.d/ssh start && sleep infinity'], ['sshd']],
    ['what is installed', ['sh', '-c', 'apt-get install -y sudo openssh-server'], undefined],
    ['what is asked about', ['pgrep', 'sshd'], undefined],
    ['a group', ['app', '--group=sudo'], undefined],
    ['a word that only begins alike', ['sh', '-c', 'sudoku; sshd_config_check'], undefined],
    ['a directory', ['ls', '/run/sshd'], undefined],
    ['the client', ['ssh', 'host'], undefined],
    ['nothing', [], undefined],
  ])('%s', (_what, command, programs) => {
    expect(programsOf(command)).toEqual(programs);
  });

  it('takes a time that grows with the script alone', () => {
    const script = `${'/a'.repeat(100_000)} sudo${' ;'.repeat(100_000)}${'\n'.repeat(100_000)}${' '.repeat(100_000)}x`;
    const start = performance.now();
    programsOf(['sh', '-c', script]);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
