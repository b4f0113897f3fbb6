import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { PlanView, RowView } from '../plan/plan-view.ts'
import { shellWord } from '../util/shell-word.ts'
import type { Surroundings } from './context.ts'
import { workspaceFolder } from './workspace-folder.ts'

/** The flags that say which workspace and cluster a command is about, as they were given. */
export type Aim = { readonly workspace?: string; readonly kubeconfig?: string; readonly context?: string }

/** Completes one hint. */
export type CompleteHint = (hint: string) => string

const AGAIN = /^obol apply --(yes|rebind)$/
const AIM = ['workspace', 'kubeconfig', 'context'] as const

/** The aim of a command line that may be broken, so that it is not parsed: `--context x` or `--context=x`. */
export function aimOf(args: readonly string[]): Aim {
  const end = args.indexOf('--')
  const before = end < 0 ? args : args.slice(0, end)
  const found = AIM.flatMap((name) => {
    const at = before.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))
    const value = before[at]?.includes('=') ? before[at].slice(name.length + 3) : before[at + 1]
    return at < 0 || value === undefined || value === '' ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/**
 * Makes hints work when they are typed as they stand: `obol …` is about the same workspace and cluster, `kubectl …` about
 * the cluster that was talked to, and an apply that only lacks a flag is the whole command line `args` again. Anything
 * else is left alone.
 * SIDE EFFECTS: looks for `config/kubeconfig.yaml` in the workspace.
 */
export function hintCompleter(
  aim: Aim,
  surroundings: Pick<Surroundings, 'env' | 'cwd' | 'home'>,
  args: readonly string[] = [],
): CompleteHint {
  const ours = AIM.map((name) => flag(name, aim[name])).join('')
  const file = kubectlFile(aim, surroundings)
  const theirs = flag('kubeconfig', file)
  return (hint) => {
    if (/[|;&\n]|--help/.test(hint)) return hint
    if (args[0] === 'apply' && AGAIN.test(hint)) return `${hint} ${args.slice(1).map(shellWord).join(' ')}`.trimEnd()
    if (/^obol (plan|apply|status|why|watch)\b/.test(hint)) return `${hint}${without(hint, ours)}`
    if (/^obol (validate|journal)\b/.test(hint)) return `${hint}${flag('workspace', aim.workspace)}`
    if (!hint.startsWith('kubectl ')) return hint
    return `${hint}${theirs}${hint.includes('--context') ? '' : flag('context', aim.context)}`
  }
}

/** A view whose commands work when they are typed. */
export function withCompleteHints(view: PlanView, complete: CompleteHint): PlanView {
  const hinted = <T extends { readonly hint?: string }>(item: T): T =>
    item.hint === undefined ? item : { ...item, hint: complete(item.hint) }
  const inRow = (row: RowView): RowView => ({
    ...row,
    diagnostics: row.diagnostics.map(hinted),
    conflicts: row.conflicts.map((conflict) => ({
      ...conflict,
      edits: conflict.edits.map((edit) => ({ ...edit, command: complete(edit.command) })),
    })),
  })
  const groups = view.groups.map((group) => ({ ...group, rows: group.rows.map(inRow) }))
  const { base } = view
  const completed = base && {
    base: { ...base, withdrawn: base.withdrawn.map(inRow), resolved: base.resolved.map(hinted) },
  }
  return { ...view, groups, diagnostics: view.diagnostics.map(hinted), ...completed }
}

/** The kubeconfig that kubectl would not find by itself. */
function kubectlFile(aim: Aim, surroundings: Pick<Surroundings, 'env' | 'cwd' | 'home'>): string | undefined {
  if (aim.kubeconfig !== undefined) return aim.kubeconfig
  if ((surroundings.env['KUBECONFIG'] ?? '') !== '') return undefined
  const folder = workspaceFolder(aim.workspace, surroundings)
  const file = join(folder, 'config', 'kubeconfig.yaml')
  if (!existsSync(file)) return undefined
  const here = relative(surroundings.cwd, file)
  return here.startsWith('..') ? file : here
}

function without(hint: string, flags: string): string {
  return hint.includes(flags) ? '' : flags
}

function flag(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` --${name} ${shellWord(value)}`
}
