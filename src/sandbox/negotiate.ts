import { notAcceptable } from './refusal.ts'

/** How an object is to be shown: as it is, as a table row, or its metadata alone. */
export type Rendering = 'object' | 'table' | 'metadata'

type MediaType = { readonly type: string; readonly parameters: ReadonlyMap<string, string> }

/**
 * The first rendering of an Accept header that the sandbox offers (JSON and YAML; protobuf is passed over).
 * @throws Refusal 406 when there is none.
 */
export function negotiate(accept: string | undefined): { readonly rendering: Rendering; readonly yaml: boolean } {
  for (const { type, parameters } of mediaTypes(accept)) {
    const yaml = type === 'application/yaml'
    if (!yaml && !isJson(type)) continue
    const as = parameters.get('as')
    if (as === undefined) return { rendering: 'object', yaml }
    if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') continue
    if (as === 'Table') return { rendering: 'table', yaml }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { rendering: 'metadata', yaml }
  }
  throw notAcceptable()
}

/** Whether the client asks for discovery of all groups in one document (KEP-3352), and takes version 2 of it. */
export function acceptsAggregatedDiscovery(accept: string | undefined): boolean {
  return mediaTypes(accept).some(
    ({ parameters }) =>
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('v') === 'v2' &&
      parameters.get('as') === 'APIGroupDiscoveryList',
  )
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === '*/*' || type === 'application/*'
}

function mediaTypes(accept: string | undefined): readonly MediaType[] {
  const list = accept === undefined || accept.trim() === '' ? 'application/json' : accept
  return list.split(',').map((item) => {
    const [type = '', ...rest] = item.split(';').map((part) => part.trim())
    const parameters = rest.map((part): [string, string] => {
      const at = part.indexOf('=')
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
    })
    return { type, parameters: new Map(parameters) }
  })
}
