import type { PresentFile } from '#nodes/file-fact.js';
import { isWithinMode, modeText } from '../../rules/file-mode.js';
import type { RuleOf } from '../../rules/rule.js';
import { collector, doesNotApply, failsBy, passes, together, unknownFor, type Finding } from '../finding.js';
import type { NodeView } from './node-view.js';
import { linkDirectory, resolvePath } from './resolve-path.js';

/** What is wrong with one file, and what it is instead; undefined where it is right. `unseen`: what would tell. */
type FileVerdict = { readonly state: 'right' } | { readonly state: 'wrong'; readonly text: string; readonly found: string } | { readonly state: 'unseen'; readonly what: string };

const rightFile: FileVerdict = { state: 'right' };

/** Who may write a directory may put another file in the place of a link that lies there. */
const writableByOthers = 0o022;

export function judgeMode(view: NodeView, { paths, max }: RuleOf<'file-mode'>): Finding {
  return judgeFiles(view, paths, (file) => {
    if (!isWithinMode(file.mode, max)) return { state: 'wrong', text: `${file.path} has mode ${modeText(file.mode)}, wider than ${modeText(max)}`, found: modeText(file.mode) };
    return ofLink(view, file, (directory) => {
      if ((directory.mode & writableByOthers) === 0) return rightFile;
      return { state: 'wrong', text: `${file.path} is a link in ${directory.path}, which others than its owner may write (${modeText(directory.mode)})`, found: modeText(directory.mode) };
    });
  }, ({ mode }) => modeText(mode));
}

export function judgeOwner(view: NodeView, rule: RuleOf<'file-owner'>): Finding {
  return judgeFiles(view, rule.paths, (file) => {
    const own = ownerVerdict(view, file, rule);
    if (own.state !== 'right') return own;
    return ofLink(view, file, (directory) => (directory.uid === 0 ? rightFile : { state: 'wrong', text: `${file.path} is a link in ${directory.path}, which ${ownerText(directory)} owns`, found: ownerText(directory) }));
  }, ownerText);
}

/** Root is who has the number 0, whatever it is called; others go by the node's own names. */
function ownerVerdict(view: NodeView, file: PresentFile, { owner, group, orUserOf }: RuleOf<'file-owner'>): FileVerdict {
  const isOwner = owner === 'root' ? file.uid === 0 : file.owner === owner;
  const isGroup = group === 'root' ? file.gid === 0 : file.group === group;
  if (isOwner && isGroup) return rightFile;
  if (orUserOf !== undefined) {
    const presence = view.presence(orUserOf);
    const users = presence.state === 'runs' ? presence.as.map(({ process }) => process.uid) : [];
    if (users.length > 0 && users.every((uid) => uid !== undefined && uid !== 0 && uid === file.uid)) return rightFile;
    if (users.length === 0 || users.includes(undefined)) return { state: 'unseen', what: `the account that ${orUserOf} runs as, which may own ${file.path}` };
  }
  const unnamed = (owner !== 'root' && file.owner === undefined) || (group !== 'root' && file.group === undefined);
  if (unnamed && view.evidence.accounts.state !== 'read') return { state: 'unseen', what: `the names of the node's accounts, of which one owns ${file.path}` };
  return { state: 'wrong', text: `${file.path} is owned by ${ownerText(file)}, not by ${owner}:${group}`, found: ownerText(file) };
}

/** An account that is called root and is not number 0 is told by its number too. */
const accountText = (name: string | undefined, id: number, kind: 'uid' | 'gid'): string => (name === 'root' && id !== 0 ? `${name} (${kind} ${id})` : (name ?? `${id}`));

const ownerText = ({ uid, gid, owner, group }: PresentFile): string => `${accountText(owner, uid, 'uid')}:${accountText(group, gid, 'gid')}`;

function ofLink(view: NodeView, file: PresentFile, judge: (directory: PresentFile) => FileVerdict): FileVerdict {
  const directory = linkDirectory(view, file);
  if (directory === undefined) return rightFile;
  return typeof directory === 'string' ? { state: 'unseen', what: directory } : judge(directory);
}

function judgeFiles(view: NodeView, refs: RuleOf<'file-mode'>['paths'], judge: (file: PresentFile) => FileVerdict, shown: (file: PresentFile) => string): Finding {
  const resolved = refs.map((ref) => resolvePath(view, ref));
  const files = resolved.flatMap((one) => one.files);
  const unseen = resolved.flatMap((one) => one.unseen);
  const wrong: { readonly text: string; readonly found: string; readonly path: string }[] = [];
  for (const file of files) {
    const verdict = judge(file);
    if (verdict.state === 'wrong') wrong.push({ ...verdict, path: file.path });
    else if (verdict.state === 'unseen') unseen.push(verdict.what);
  }
  const [first] = wrong;
  if (first) return failsBy(together(wrong.map(({ text }) => text)), { found: first.found, source: 'node', at: first.path });
  if (unseen.length > 0) return unknownFor(together(unseen), collector);
  const [file] = files;
  if (!file) return doesNotApply(resolved.map(({ none }) => none).find((none) => none !== '') ?? 'there is no such file', { source: 'node' });
  return passes({ found: shown(file), source: 'node', at: file.path });
}
