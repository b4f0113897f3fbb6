/** Decimal places of the coin of every EVM chain. */
const DECIMALS = 18

/**
 * An amount of wei as a decimal number of coins for people: `0.00003`. At most `digits` significant ones, a whole number
 * of coins is never cut; rounded down, or up where the least that is enough is meant.
 */
export function showCoin(wei: bigint, digits = Infinity, round: 'down' | 'up' = 'down'): string {
  const cut = Math.max(0, Math.min(DECIMALS, wei.toString().length - digits))
  const unit = 10n ** BigInt(cut)
  const shown = round === 'up' ? ((wei + unit - 1n) / unit) * unit : (wei / unit) * unit
  const text = shown.toString().padStart(DECIMALS + 1, '0')
  const fraction = text.slice(-DECIMALS).replace(/0+$/, '')
  return `${text.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`
}

/** `0.00003 to 0.00006 ETH`; one number where both ends look alike. */
export function showCoinRange(low: bigint, high: bigint, coin: string): string {
  const [from, to] = [showCoin(low, 2), showCoin(high, 2, 'up')]
  return from === to ? `${to} ${coin}` : `${from} to ${to} ${coin}`
}
