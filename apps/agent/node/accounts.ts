import type { Reading } from '#nodes/reading.js';
import { shown } from './bytes-text.js';
import type { HostRoot } from './host-root.js';

const MOST_BYTES = 1024 * 1024;

/** Names of users and groups as the node's own files have them: a container's would be other ones. */
export class Accounts {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
  /** Both files were read. */
  readonly reading: Reading<true>;

  constructor(root: HostRoot) {
    const [passwd, group] = [root.read('/etc/passwd', MOST_BYTES), root.read('/etc/group', MOST_BYTES)];
    this.users = namesOf(passwd);
    this.groups = namesOf(group);
    const unread = passwd.state === 'read' ? group : passwd;
    this.reading = unread.state === 'read' ? { state: 'read', value: true } : unread;
  }
}

/** Of several lines with one number the first counts, as for getpwuid(3). */
function namesOf(file: Reading<Buffer>): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  if (file.state !== 'read') return names;
  for (const line of file.value.toString('latin1').split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name === '' || name.startsWith('#') || !/^[0-9]{1,10}$/.test(id) || names.has(Number(id))) continue;
    names.set(Number(id), shown(name).text);
  }
  return names;
}
