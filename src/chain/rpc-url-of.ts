/** Where the stack's ingress is, unless `$OBOL_INGRESS_URL` says otherwise. */
const DEFAULT_INGRESS = 'http://obol.stack:8080'

export type RpcUrlSources = {
  /** `spec.chains.<name>.rpc` of the workspace file. */
  readonly workspace?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The RPC URL of a chain; it may hold a key, so it is never shown (see `parseRpcUrl`). `$OBOL_RPC_<CHAIN>` wins over the
 * workspace file, which wins over the stack's gateway; undefined where the gateway (`erpc`: its path segment) has no such
 * chain either.
 */
export function rpcUrlOf(
  network: { readonly name: string; readonly erpc?: string | undefined },
  sources: RpcUrlSources,
): string | undefined {
  const fromEnv = given(sources.env[rpcVariable(network.name)])
  if (fromEnv !== undefined) return fromEnv
  const fromWorkspace = given(sources.workspace)
  if (fromWorkspace !== undefined) return fromWorkspace
  if (network.erpc === undefined) return undefined
  const ingress = given(sources.env['OBOL_INGRESS_URL']) ?? DEFAULT_INGRESS
  return `${ingress.replace(/\/+$/, '')}/rpc/${network.erpc}`
}

/** The environment variable that names the RPC URL of a chain: `OBOL_RPC_BASE_SEPOLIA`. */
export function rpcVariable(network: string): string {
  return `OBOL_RPC_${network.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}

/** An empty variable is how a shell says "not set". */
function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
