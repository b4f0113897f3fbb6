import { join } from 'node:path'
import process from 'node:process'
import type { JsonValue } from '../src/util/json.ts'
import type { ApiResponse } from '../tools/control-plane/api-request.ts'
import type { Command } from './time-process.ts'

/** Directly, and through a proxy that adds a round trip's time. */
export type Place = 'loopback' | '20 ms'

/** Where the benchmark runs. */
export type Setting = {
  /** A temporary folder for everything. */
  readonly folder: string
  /** The packed command's start file. */
  readonly obol: string
  /** A kubeconfig for each place. */
  readonly kubeconfigs: Readonly<Record<Place, string>>
  readonly send: (method: string, path: string, body?: JsonValue) => Promise<ApiResponse>
  readonly say: (text: string) => void
}

/** A command line of the packed obol, with caches of its own. */
export function obolCommand(setting: Setting, place: Place, args: readonly string[]): Command {
  return {
    file: process.execPath,
    args: [setting.obol, ...args],
    env: { ...nodeEnv(setting), KUBECONFIG: setting.kubeconfigs[place], XDG_CACHE_HOME: join(setting.folder, 'cache') },
  }
}

/** The environment of every Node that is measured: its compile cache goes with the benchmark. */
export function nodeEnv({ folder }: Setting): Readonly<Record<string, string>> {
  return { NODE_COMPILE_CACHE: join(folder, 'compile-cache') }
}

/** A command line of kubectl, with a cache of its own. */
export function kubectlCommand(setting: Setting, place: Place, args: readonly string[]): Command {
  const cache = join(setting.folder, 'kubectl-cache')
  return { file: 'kubectl', args: ['--cache-dir', cache, ...args], env: { KUBECONFIG: setting.kubeconfigs[place] } }
}

/** SIDE EFFECTS: creates the namespace. */
export async function makeNamespace({ send }: Setting, name: string): Promise<void> {
  await mustSend(send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
}

/** Rejects for a refusal. */
export async function mustSend(answer: Promise<ApiResponse>): Promise<void> {
  const { status, text } = await answer
  if (status >= 300) throw new Error(`the server answered ${status}: ${text.slice(0, 300)}`)
}
