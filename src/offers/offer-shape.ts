import type { JsonObject } from '../util/json.ts'
import { isJsonObject, jsonAt } from '../util/json.ts'
import { DEFAULT_LISTEN, parseListen } from './parse-listen.ts'

/** The group of our own documents, offers and workspaces. */
const GROUP = 'offers.obol.org'

/** Where inference is sold when the offer does not say; upstream's tools know no other namespace for it. */
const INFERENCE_NAMESPACE = 'llm'

/** What a document is; `workspace` is the workspace file met among the offers. */
export function documentKind(value: JsonObject): 'offer' | 'workspace' | 'manifest' {
  const { apiVersion, kind } = value
  const isOurs = typeof apiVersion === 'string' && (apiVersion === GROUP || apiVersion.startsWith(`${GROUP}/`))
  if (isOurs && kind === 'Workspace') return 'workspace'
  return isOurs || kind === 'Offer' ? 'offer' : 'manifest'
}

/** The namespace of an offer: as written, else `llm` for inference and `default` for the others. */
export function namespaceOf(offer: JsonObject): string {
  const stated = jsonAt(offer, ['metadata', 'namespace'])
  if (typeof stated === 'string') return stated
  return jsonAt(offer, ['spec', 'type']) === 'inference' ? INFERENCE_NAMESPACE : 'default'
}

/** True for an inference offer that is served by a gateway on this host, which is so unless it names an upstream. */
export function hasGateway(offer: JsonObject): boolean {
  const spec = offer['spec']
  return isJsonObject(spec) && spec['type'] === 'inference' && spec['upstream'] === undefined
}

/** The port of an offer's gateway; undefined when it has none or it is not valid. */
export function gatewayPort(offer: JsonObject): number | undefined {
  if (!hasGateway(offer)) return undefined
  const listen = jsonAt(offer, ['spec', 'gateway', 'listen']) ?? DEFAULT_LISTEN
  return typeof listen === 'string' ? parseListen(listen)?.port : undefined
}
