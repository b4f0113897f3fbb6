import { OFFER_ERRORS } from '../errors/offers.ts'
import { WORKSPACE_ERRORS } from '../errors/workspace.ts'
import { nearestName, resolveNetwork } from '../networks/resolve-network.ts'
import { isEndpointAddress } from '../util/is-endpoint-address.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../util/json.ts'
import type { IsChecksummed } from './check-address.ts'
import { checkAddress } from './check-address.ts'
import { hasCredentials, normalBaseUrl, parseUrl } from './check-urls.ts'
import { parseDecimal } from './decimal.ts'
import type { Report } from './finding.ts'
import type { Path } from './source.ts'
import { COIN_DECIMALS } from './workspace-config.ts'

/**
 * The rules of a workspace file that its schema cannot say. Takes any JSON: what the schema refuses anyway is passed over.
 * No message quotes a value that may hold a secret: a URL, a key, a path.
 */
export function checkWorkspace(workspace: JsonObject, isChecksummed: IsChecksummed, report: Report): void {
  const spec = workspace['spec']
  if (!isJsonObject(spec)) return
  const { baseUrl, signer, wallets, chains } = spec
  checkHost(jsonAt(spec, ['host', 'address']), report)
  if (typeof baseUrl === 'string' && normalBaseUrl(baseUrl) === undefined) {
    const message =
      'must be an https URL (http only for localhost) of an origin and perhaps a path, without query, fragment and credentials'
    report(WORKSPACE_ERRORS.BASE_URL_INVALID, ['spec', 'baseUrl'], message)
  }
  if (isJsonObject(signer)) checkSigner(signer, ['spec', 'signer'], isChecksummed, report)
  if (isJsonArray(wallets)) {
    for (const [i, wallet] of wallets.entries()) {
      if (isJsonObject(wallet)) checkSigner(wallet, ['spec', 'wallets', i], isChecksummed, report)
    }
  }
  if (isJsonObject(chains)) checkChains(chains, jsonAt(spec, ['idempotencyKey']) !== false, report)
  checkMaxFee(jsonAt(spec, ['limits', 'maxFee']), report)
}

function checkHost(address: JsonValue | undefined, report: Report): void {
  if (typeof address !== 'string' || isEndpointAddress(address)) return
  const message = 'must be an IPv4 or IPv6 address that Pods can reach: not loopback, link-local or multicast'
  report(WORKSPACE_ERRORS.HOST_ADDRESS_INVALID, ['spec', 'host', 'address'], message)
}

const KEY_PLACES = ['keyFile', 'keystore', 'remote'] as const

function checkSigner(signer: JsonObject, path: Path, isChecksummed: IsChecksummed, report: Report): void {
  const { SIGNER_INVALID } = WORKSPACE_ERRORS
  const { address, keyFile, remote } = signer
  if (address !== undefined) checkAddress(address, [...path, 'address'], isChecksummed, report)
  const given = KEY_PLACES.filter((place) => signer[place] !== undefined)
  if (given.length > 1) {
    report(SIGNER_INVALID, path, `must have one of ${KEY_PLACES.join(', ')}, not ${given.join(' and ')}`, {
      part: 'key',
    })
  } else if (given.length === 0 && address === undefined) {
    const message = `must have one of ${KEY_PLACES.join(', ')}, or an address, which is enough to plan`
    report(SIGNER_INVALID, path, message, { part: 'key' })
  }
  if (typeof keyFile === 'string' && /^(0x)?[0-9a-f]{64}$/i.test(keyFile.trim())) {
    const hint = { hint: 'take the key out of obol.yaml, and use another one if the file was ever shared' }
    report(SIGNER_INVALID, [...path, 'keyFile'], 'must be the path of a file, never the key itself', hint)
  }
  if (isJsonObject(remote)) checkRemote(remote, [...path, 'remote'], report)
}

function checkRemote(remote: JsonObject, path: Path, report: Report): void {
  const { SIGNER_INVALID } = WORKSPACE_ERRORS
  const { url, service, port } = remote
  if ((url === undefined) === (service === undefined)) {
    const given = url === undefined ? 'has neither' : 'has both'
    report(SIGNER_INVALID, path, `must have exactly one of url and service, and ${given}`, { part: 'key' })
  }
  if (url !== undefined && port !== undefined) {
    report(SIGNER_INVALID, [...path, 'port'], 'belongs to service: a url has its own port', { part: 'key' })
  }
  if (typeof url !== 'string') return
  const parsed = parseUrl(url, ['http:', 'https:'])
  if (parsed === undefined || hasCredentials(parsed)) {
    report(SIGNER_INVALID, [...path, 'url'], 'must be an http or https URL without credentials: use tokenFile')
  }
}

function checkChains(chains: JsonObject, isStamped: boolean, report: Report): void {
  const named = new Map<string, string>()
  for (const [name, chain] of Object.entries(chains)) {
    const path = ['spec', 'chains', name]
    const network = resolveNetwork(name)
    if (network === undefined) {
      const likely = nearestName(name)
      const hint = likely === undefined ? {} : { hint: `did you mean ${likely}?` }
      const message = 'is not a known chain: give its name, an alias or its CAIP-2 id'
      report(OFFER_ERRORS.NETWORK_UNKNOWN, path, message, { part: 'key', ...hint })
      continue
    }
    const before = named.get(network.name)
    if (before === undefined) named.set(network.name, name)
    else report(WORKSPACE_ERRORS.CHAIN_INVALID, path, `is the same chain as ${before}`, { part: 'key' })
    if (!isStamped && isJsonObject(chain) && chain['agentId'] === 'new') {
      const message = 'new would mint again whenever the journal is lost, since idempotencyKey is false: give the id'
      report(WORKSPACE_ERRORS.CHAIN_INVALID, [...path, 'agentId'], message)
    }
    const rpc = isJsonObject(chain) ? chain['rpc'] : undefined
    if (typeof rpc !== 'string' || parseUrl(rpc, ['http:', 'https:']) !== undefined) continue
    report(WORKSPACE_ERRORS.CHAIN_INVALID, [...path, 'rpc'], 'must be an http or https URL')
  }
}

function checkMaxFee(maxFee: JsonValue | undefined, report: Report): void {
  const decimal = typeof maxFee === 'string' ? parseDecimal(maxFee) : undefined
  if (decimal === undefined || decimal.scale <= COIN_DECIMALS) return
  const message = `must have at most ${COIN_DECIMALS} digits after the point`
  report(OFFER_ERRORS.INVALID_VALUE, ['spec', 'limits', 'maxFee'], message)
}
