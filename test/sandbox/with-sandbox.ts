import type { TestContext } from 'node:test'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonObject } from '../../src/util/json.ts'
import { type Answer, type Step, send, type Target } from './exchange.ts'

/** A sandbox for one test, and a way to talk to it. */
export type TestSandbox = {
  readonly sandbox: Sandbox
  readonly target: Target
  /** One request; the body of the answer as an object (empty when it is no JSON object). */
  request(step: Omit<Step, 'name'>): Promise<Answer & { readonly body: JsonObject }>
}

/** Starts a sandbox that stops with the test. SIDE EFFECTS: listens on a loopback port until then. */
export async function withSandbox(t: TestContext, options: SandboxOptions = {}): Promise<TestSandbox> {
  const sandbox = await startSandbox(options)
  t.after(() => sandbox.stop())
  const target: Target = { url: sandbox.url, adminToken: sandbox.token, readerToken: sandbox.readerToken }
  return {
    sandbox,
    target,
    request: async (step) => {
      const answer = await send(target, { name: '', ...step })
      const isJson = answer.contentType.startsWith('application/json') && answer.text !== ''
      const value: unknown = isJson ? JSON.parse(answer.text) : undefined
      return { ...answer, body: isJsonObject(value) ? value : {} }
    },
  }
}

export function configMap(name: string, data: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
