import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { apiRequest } from '../control-plane/api-request.ts'
import { startControlPlane } from '../control-plane/start.ts'

/** The cluster of the demo, and a foreign hand that writes to it. */
export type DemoServer = {
  readonly kubeconfig: string
  mergePatch(path: string, fieldManager: string, patch: JsonObject): Promise<void>
  create(path: string, object: JsonObject): Promise<void>
  get(path: string): Promise<LiveOffer>
  stop(): Promise<void>
}

/** The part of a live ServiceOffer that the demo looks at. */
export type LiveOffer = { readonly spec?: { readonly payment?: { readonly price?: JsonObject } } }

type Send = (method: string, path: string, body?: JsonObject, contentType?: string) => ReturnType<typeof apiRequest>

/**
 * Starts the embedded sandbox, without any CRD, or a real kube-apiserver.
 * SIDE EFFECTS: a server on loopback until `stop`.
 */
export async function startDemoServer(
  cluster: string,
  folder: string,
  say: (text: string) => void,
): Promise<DemoServer> {
  switch (cluster) {
    case 'sandbox':
      return sandboxServer(folder, say)
    case 'control-plane':
      return realServer(say)
    default:
      throw new Error(`CLUSTER is sandbox or control-plane, not ${cluster}`)
  }
}

async function sandboxServer(folder: string, say: (text: string) => void): Promise<DemoServer> {
  const sandbox = await startSandbox()
  say(`sandbox: an API server in this process, ${sandbox.url}`)
  const kubeconfig = join(folder, 'sandbox.kubeconfig')
  await writeFile(kubeconfig, sandbox.kubeconfigYaml, { mode: 0o600 })
  const send: Send = (method, path, body, contentType) =>
    apiRequest({
      url: sandbox.url,
      ca: sandbox.caPem,
      token: sandbox.token,
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType }),
    })
  return { kubeconfig, ...hands(send), stop: () => sandbox.stop() }
}

async function realServer(say: (text: string) => void): Promise<DemoServer> {
  const plane = await startControlPlane({ progress: say })
  say(`kube-apiserver ${plane.version}, ${plane.url}`)
  const send: Send = (method, path, body, contentType) => plane.request('admin', method, path, body, contentType)
  return { kubeconfig: plane.kubeconfig('admin'), ...hands(send), stop: () => plane.stop() }
}

function hands(send: Send): Pick<DemoServer, 'mergePatch' | 'create' | 'get'> {
  return {
    mergePatch: async (path, fieldManager, patch) => {
      const answer = await send('PATCH', `${path}?fieldManager=${fieldManager}`, patch, 'application/merge-patch+json')
      if (answer.status !== 200) throw new Error(`the foreign write got ${answer.status}: ${answer.text}`)
    },
    create: async (path, object) => {
      const answer = await send('POST', path, object)
      if (answer.status !== 201) throw new Error(`creating ${path} got ${answer.status}: ${answer.text}`)
    },
    get: async (path) => {
      const live: LiveOffer = JSON.parse((await send('GET', path)).text)
      return live
    },
  }
}
