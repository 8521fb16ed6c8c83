import { isTitle, componentOf } from '#nodes/component-of.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import { keptVariables } from '#nodes/config/kept-variables.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Reading, Unread } from '#nodes/reading.js';
import { withholdWords } from '#nodes/secrets.js';
import { shown, utf8Of, type ByteString } from './bytes-text.js';
import type { HostRoot } from './host-root.js';
import { containerMounts, parseMounts, type MountTable } from './mounts.js';

/** A process of a component, and its words with everything in them, which never leave the collector. */
export interface SeenProcess {
  readonly fact: ComponentProcess;
  readonly words: readonly string[];
}

export interface SeenProcesses {
  readonly processes: readonly SeenProcess[];
  readonly truncated: boolean;
  readonly seesAll: boolean;
  readonly notes: readonly string[];
}

const SMALL_FILE = 64 * 1024;
const MOUNTS_FILE = 1024 * 1024;
const ENVIRONMENT_FILE = 256 * 1024;

/** Components among the node's processes. Whatever their number, only components are kept. */
export function findProcesses(root: HostRoot): SeenProcesses {
  const processes: SeenProcess[] = [];
  let truncated = false;
  let unseen = 0;
  let host: MountTable | undefined;
  const end = root.processes((pid) => {
    const start = startOf(root, pid);
    // One that has ended meanwhile is absent, and missed by nobody.
    if (start.state !== 'read' && start.state !== 'absent') unseen++;
    if (start.state !== 'read' || !componentOf(wordsOf(start.value.text))) return;
    if (processes.length >= bundleLimits.processes) {
      truncated = true;
      return;
    }
    host ??= parseMounts(root.read('/proc/1/mountinfo', MOUNTS_FILE));
    const seen = seenProcess(root, pid, host);
    if (seen) processes.push(seen);
  });
  const notes = notesOf(root, end, unseen);
  return { processes: processes.toSorted((a, b) => a.fact.pid - b.fact.pid), truncated: truncated || notes.length > 0, seesAll: notes.length === 0, notes };
}

function notesOf(root: HostRoot, end: Reading<true>, unseen: number): readonly string[] {
  if (end.state !== 'read') return [`The processes of the node could not be listed: ${end.detail}`];
  if (unseen > 0) return ['The command lines of some processes could not be read. Run the collector as root.'];
  return isInit(root) ? [] : ['Its first process is not that of a node: this is the /proc of a container. Give the collector the root of the node.'];
}

/** Only the node's own process space has the kernel's threads; a node that is a container itself is started by an init. */
function isInit(root: HostRoot): boolean {
  const name = (pid: number): string => {
    const file = root.read(`/proc/${pid}/comm`, SMALL_FILE);
    return file.state === 'read' ? file.value.toString('latin1').trim() : '';
  };
  return name(2) === 'kthreadd' || /^(systemd|init|openrc-init|runit|s6-svscan|machined|k3s-init)$/.test(name(1));
}

/** The first bytes of a command line: enough to know what it is, for each of thousands. */
function startOf(root: HostRoot, pid: number): Reading<{ readonly text: ByteString; readonly isWhole: boolean }> {
  return commandLine(root, pid, 4 * 1024);
}

function commandLine(root: HostRoot, pid: number, most: number): Reading<{ readonly text: ByteString; readonly isWhole: boolean }> {
  let text = '';
  const end = root.scan(`/proc/${pid}/cmdline`, (chunk) => {
    text += chunk.toString('latin1');
    return text.length <= most;
  });
  return end.state === 'read' ? { state: 'read', value: { text: text.slice(0, most), isWhole: text.length <= most } } : end;
}

/** Words end with a NUL; a title that was overwritten is followed by many. */
const wordsOf = (text: ByteString): readonly ByteString[] => text.replace(/\0+$/, '').split('\0');

function seenProcess(root: HostRoot, pid: number, host: MountTable): SeenProcess | undefined {
  const line = commandLine(root, pid, bundleLimits.argvBytes);
  if (line.state !== 'read') return undefined;
  const raw = wordsOf(line.value.text);
  const component = componentOf(raw);
  if (!component) return undefined;
  // The last word of a line that was cut is cut itself. Escaped, a byte takes four characters.
  const whole = (line.value.isWhole ? raw : raw.slice(0, -1)).slice(0, bundleLimits.argvWords).filter((word) => word.length <= bundleLimits.text / 4);
  const { words, withheld } = withholdWords(whole.map((word) => shown(word).text));
  const uid = uidOf(root, pid);
  const container = containerOf(root, pid);
  return {
    words: whole.flatMap((word) => utf8Of(word) ?? []),
    fact: {
      component,
      pid,
      argv: words,
      isArgvTruncated: !line.value.isWhole || whole.length < raw.length,
      isArgvTitle: isTitle(component, raw),
      withheld: withheld.slice(0, bundleLimits.configItems),
      exe: exeOf(root, pid),
      ...(uid !== undefined && { uid }),
      environment: environmentOf(root, pid),
      ...(container && { container }),
      mounts: containerMounts(parseMounts(root.read(`/proc/${pid}/mountinfo`, MOUNTS_FILE)), host),
    },
  };
}

const withoutPtrace = (reading: Unread): Unread => (reading.state === 'denied' ? { state: 'denied', detail: 'The kernel shows this only to the same user with the same capabilities, or with SYS_PTRACE.' } : reading);

function exeOf(root: HostRoot, pid: number): ComponentProcess['exe'] {
  const link = root.readLink(`/proc/${pid}/exe`);
  return link.state === 'read' ? { state: 'read', value: shown(link.value).text.slice(0, bundleLimits.path) } : withoutPtrace(link);
}

function environmentOf(root: HostRoot, pid: number): ComponentProcess['environment'] {
  const file = root.read(`/proc/${pid}/environ`, ENVIRONMENT_FILE);
  if (file.state !== 'read') return withoutPtrace(file);
  const pairs = file.value.toString('latin1').split('\0').flatMap((line) => {
    const text = utf8Of(line);
    const at = text?.indexOf('=') ?? -1;
    return text === undefined || at < 1 ? [] : [[text.slice(0, at), text.slice(at + 1)] as const];
  });
  return { state: 'read', value: keptVariables(pairs) };
}

/** The effective one. */
function uidOf(root: HostRoot, pid: number): number | undefined {
  const file = root.read(`/proc/${pid}/status`, SMALL_FILE);
  const uid = file.state === 'read' ? /^Uid:\s+\d+\s+(\d+)/m.exec(file.value.toString('latin1'))?.[1] : undefined;
  return uid === undefined ? undefined : Number(uid);
}

/** Control groups name pods and containers in the ways of the runtimes and of both cgroup drivers. */
function containerOf(root: HostRoot, pid: number): ComponentProcess['container'] {
  const file = root.read(`/proc/${pid}/cgroup`, SMALL_FILE);
  const text = file.state === 'read' ? file.value.toString('latin1') : '';
  const podUid = /kubepods[^\n]*?pod([0-9a-f]{8}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{4}[-_]?[0-9a-f]{12})/.exec(text)?.[1]?.replaceAll('_', '-');
  const id = /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/m.exec(text)?.[1];
  return podUid === undefined && id === undefined ? undefined : { ...(id !== undefined && { id }), ...(podUid !== undefined && { podUid }) };
}
