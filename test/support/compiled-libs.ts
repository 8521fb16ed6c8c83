import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface CompiledLibs {
  /** A compiled module by its path below libs, loaded by Node itself: as it runs in production, threads included. */
  load<T>(module: string): T;
  url(module: string): string;
  remove(): void;
}

const root = resolve(import.meta.dirname, '../..');

/** Compiles the named folders of libs, and what they import, into a temporary package. */
export function compileLibs(folders: readonly string[]): CompiledLibs {
  const folder = mkdtempSync(join(tmpdir(), 'bulwark-compiled-'));
  const { imports: all } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly imports: Readonly<Record<string, { readonly default: string }>> };
  const imports = Object.fromEntries(Object.entries(all).map(([name, paths]) => [name, paths.default]));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: join(folder, 'dist'), incremental: false, typeRoots: [join(root, 'node_modules/@types')] },
      include: folders.map((name) => join(root, 'libs', name)),
      exclude: [join(root, 'libs/**/*.spec.ts')],
    }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-p', folder]);
  const require = createRequire(join(folder, 'package.json'));
  return {
    url: (module) => pathToFileURL(join(folder, 'dist/libs', module)).href,
    load: <T>(module: string) => require(join(folder, 'dist/libs', module)) as T,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
