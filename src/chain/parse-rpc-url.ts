import { maskText } from '../util/mask.ts'

/** An RPC URL, taken apart so that nothing secret of it can get into a text. */
export type RpcUrl = {
  /** Without user and password; the path and the query, which may be a key, are still in it. Never shown. */
  readonly url: string
  /** `Authorization`, where the URL had a user or password. */
  readonly headers: Readonly<Record<string, string>>
  /** For people: scheme, host and port. */
  readonly endpoint: string
  /** The text, without anything of the URL that could be a secret, even where a node repeats it. */
  mask(text: string): string
}

/** Too short to be a key, and common enough to spoil a text. */
const MIN_SECRET = 4
const COMMON = /^(?:v\d+|rpc|jsonrpc|json-rpc|http|https|evm|main|mainnet|testnet|sepolia|base|ethereum|true|false)$/i

/** Takes an RPC URL apart; undefined when it is not an absolute http or https URL. `known` are words that stay readable. */
export function parseRpcUrl(text: string, known: readonly string[] = []): RpcUrl | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const user = decoded(url.username)
  const password = decoded(url.password)
  const credentials = user === '' && password === '' ? undefined : Buffer.from(`${user}:${password}`).toString('base64')
  const secrets = secretsOf(url, credentials).filter((secret) => !known.includes(secret))
  url.username = ''
  url.password = ''
  url.hash = ''
  return {
    url: url.toString(),
    headers: credentials === undefined ? {} : { Authorization: `Basic ${credentials}` },
    endpoint: url.origin,
    mask: (words) => maskText(secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), words)),
  }
}

/** Longest first: one may be a part of another. */
function secretsOf(url: URL, credentials: string | undefined): readonly string[] {
  const fromQuery = [...url.searchParams.values(), ...url.search.slice(1).split(/[&=]/)]
  const bare = credentials?.replace(/=+$/, '') ?? ''
  const raw = [url.username, url.password, ...url.pathname.split('/'), ...fromQuery]
  const inPath = [...raw, ...raw.map(decoded), bare]
  const long = inPath.filter((part) => part.length >= MIN_SECRET && !COMMON.test(part))
  const names = new Set(url.searchParams.keys())
  return [...new Set(long)].filter((part) => !names.has(part) || part.length >= 16).sort((a, b) => b.length - a.length)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
