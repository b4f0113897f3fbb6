import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { sandboxCrds } from '../../src/cli/sandbox-crds.ts'
import type { RequestHook } from '../../src/sandbox/serve.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { JsonObject, JsonValue } from '../../src/util/json.ts'
import { type ApiResponse, apiRequest } from '../../tools/control-plane/api-request.ts'
import { type CliOptions, type CliRun, runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

export const PAYEE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
export const OTHER_PAYEE = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
export const OFFERS_PATH = '/apis/obol.org/v1alpha1/namespaces/default/serviceoffers'

export const OBOL_YAML = `apiVersion: offers.obol.org/v1alpha1
kind: Workspace
metadata: { name: shop }
spec: { id: shop-1, host: { address: 192.0.2.10 } }
`

/** A folder with a workspace, and the command run in it. */
export type Workspace = {
  readonly folder: string
  /** SIDE EFFECTS: writes a file of the workspace; returns its absolute path. */
  write(path: string, content: string | Uint8Array): string
  /** SIDE EFFECTS: removes a file or folder of the workspace. */
  remove(path: string): void
  /** A whole run in this process with the workspace's own cache, below `folder`. */
  obol(args: readonly string[], options?: CliOptions): Promise<CliRun>
  /** The journal's text; empty when there is none. */
  journal(): string
}

/** A workspace and the sandbox it is applied to. */
export type Shop = Workspace & {
  readonly sandbox: Sandbox
  /** Method and path of each request so far. */
  readonly requests: string[]
  /** Every stored object as text: equal texts, nothing written. */
  stored(): string
  live(name: string): JsonObject | undefined
  /** SIDE EFFECTS: a request by the sandbox's admin; throws unless it is answered with 2xx. */
  send(method: string, path: string, body?: JsonValue, contentType?: string): Promise<ApiResponse>
}

export type ShopOptions = {
  readonly sandbox?: Omit<SandboxOptions, 'onRequest'>
  readonly onRequest?: RequestHook
  /** Default: those of the package. */
  readonly crds?: boolean
  /** Path → text; `offers/hello.yaml` and `obol.yaml` are there unless given. */
  readonly files?: Readonly<Record<string, string>>
}

/** A workspace folder that is removed after the test; commands use the kubeconfig in it unless told otherwise. */
export function openWorkspace(t: TestContext, files: Readonly<Record<string, string>> = {}): Workspace {
  const folder = tempFolder(t, { 'obol.yaml': OBOL_YAML, 'offers/hello.yaml': offer('hello'), ...files })
  const journal = join(folder, 'state', 'journal.jsonl')
  return {
    folder,
    write: (path, content) => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    obol: (args, options = {}) =>
      runCli(args, {
        cwd: folder,
        home: join(folder, 'home'),
        ...options,
        env: { XDG_CACHE_HOME: join(folder, 'cache'), ...options.env },
      }),
    journal: () => (existsSync(journal) ? readFileSync(journal, 'utf8') : ''),
  }
}

/** A workspace with a sandbox of its own, both gone after the test. SIDE EFFECTS: listens on a loopback port. */
export async function openShop(t: TestContext, options: ShopOptions = {}): Promise<Shop> {
  const requests: string[] = []
  const objects = [...(options.crds === false ? [] : await sandboxCrds()), ...(options.sandbox?.objects ?? [])]
  const sandbox = await startSandbox({
    ...options.sandbox,
    objects,
    onRequest: (info) => {
      requests.push(`${info.method} ${info.path}`)
      return options.onRequest?.(info)
    },
  })
  t.after(() => sandbox.stop())
  const workspace = openWorkspace(t, options.files)
  workspace.write('config/kubeconfig.yaml', sandbox.kubeconfigYaml)
  return {
    ...workspace,
    sandbox,
    requests,
    stored: () => JSON.stringify(sandbox.objects()),
    live: (name) => sandbox.object(`ServiceOffer.obol.org/default/${name}`),
    send: async (method, path, body, contentType) => {
      const { url, caPem: ca, token } = sandbox
      const more = { ...(body === undefined ? {} : { body }), ...(contentType === undefined ? {} : { contentType }) }
      const answer = await apiRequest({ url, ca, token, method, path, ...more })
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
      return answer
    },
  }
}

/** An offer of type http, ready to be sold; `price` and `more` are lines of YAML. */
export function offer(name: string, price = 'perRequest: "0.01"', payTo = PAYEE, more = ''): string {
  return `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: ${name} }
spec:
  type: http
  upstream: { service: ${name}, namespace: default, port: 80 }
  payment:
    payTo: "${payTo}"
    network: base-sepolia
    price:
      ${price}
${more}`
}

/** Somebody's merge patch of a field manager of their own. */
export function foreignPatch(shop: Shop, name: string, patch: JsonObject, by = 'kubectl-patch'): Promise<ApiResponse> {
  return shop.send('PATCH', `${OFFERS_PATH}/${name}?fieldManager=${by}`, patch, 'application/merge-patch+json')
}

/** The codes of the errors in an output, each once, in order. */
export function codesIn(text: string): readonly string[] {
  return [...new Set(text.match(/OBOL-[A-Z]\d{3}/g) ?? [])]
}

/** Everything a user saw. */
export function seen(run: CliRun): string {
  return run.stdout + run.stderr
}

/** True when a stack trace shows. */
export function hasStack(text: string): boolean {
  return /^\s+at .*[:(].*\d+:\d+\)?$/m.test(text)
}
