/** A chain as the table of networks is written; what is left out has the default of most chains. */
export type ChainRow = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly chainId: number
  readonly testnet?: boolean
  readonly explorer?: string
  /** Default: ETH. */
  readonly coin?: string
  readonly opStack?: boolean
  /** Default: 5. */
  readonly confirmations?: number
  readonly erpc?: string
}

/**
 * Chains that hold the identity registry, beside those whose tokens are known (source: the registry's address list). Left
 * out are chains that the list names without a chain id.
 */
export const FURTHER_CHAINS: readonly ChainRow[] = [
  {
    name: 'optimism',
    aliases: ['op-mainnet'],
    chainId: 10,
    opStack: true,
    explorer: 'https://optimistic.etherscan.io',
  },
  { name: 'bsc', aliases: ['bnb'], chainId: 56, coin: 'BNB', explorer: 'https://bscscan.com' },
  { name: 'gnosis', chainId: 100, coin: 'xDAI', explorer: 'https://gnosisscan.io' },
  { name: 'monad', chainId: 143, coin: 'MON', explorer: 'https://monadscan.com' },
  { name: 'xlayer', chainId: 196, coin: 'OKB', explorer: 'https://www.oklink.com/xlayer' },
  { name: 'hedera', chainId: 295, coin: 'HBAR', explorer: 'https://hashscan.io/mainnet' },
  { name: 'shape', chainId: 360, opStack: true, explorer: 'https://shapescan.xyz' },
  { name: 'metis', chainId: 1088, coin: 'METIS', explorer: 'https://explorer.metis.io' },
  { name: 'soneium', chainId: 1868, opStack: true, explorer: 'https://soneium.blockscout.com' },
  { name: 'goat', chainId: 2345, coin: 'BTC', explorer: 'https://explorer.goat.network' },
  { name: 'abstract', chainId: 2741, explorer: 'https://abscan.org' },
  { name: 'megaeth', chainId: 4326, opStack: true, explorer: 'https://mega.etherscan.io' },
  // Derived from the OP stack, but its estimate of gas holds the fee for L1 already.
  { name: 'mantle', chainId: 5000, coin: 'MNT', explorer: 'https://mantlescan.xyz' },
  { name: 'celo', chainId: 42220, coin: 'CELO', opStack: true, explorer: 'https://celoscan.io' },
  { name: 'linea', chainId: 59144, explorer: 'https://lineascan.build' },
  { name: 'taiko', chainId: 167000, explorer: 'https://taikoscan.io' },
  { name: 'scroll', chainId: 534352, explorer: 'https://scrollscan.com' },
  { name: 'skale-base', chainId: 1187947933, coin: 'CREDIT', explorer: 'https://skale-base-explorer.skalenodes.com' },

  { name: 'bsc-testnet', chainId: 97, testnet: true, coin: 'tBNB', explorer: 'https://testnet.bscscan.com' },
  { name: 'hedera-testnet', chainId: 296, testnet: true, coin: 'HBAR', explorer: 'https://hashscan.io/testnet' },
  {
    name: 'soneium-minato',
    chainId: 1946,
    testnet: true,
    opStack: true,
    explorer: 'https://soneium-minato.blockscout.com',
  },
  {
    name: 'xlayer-testnet',
    chainId: 1952,
    testnet: true,
    coin: 'OKB',
    explorer: 'https://www.oklink.com/xlayer-test',
  },
  {
    name: 'mantle-sepolia',
    chainId: 5003,
    testnet: true,
    coin: 'MNT',
    explorer: 'https://explorer.sepolia.mantle.xyz',
  },
  { name: 'megaeth-testnet', chainId: 6343, testnet: true, explorer: 'https://testnet-mega.etherscan.io' },
  { name: 'monad-testnet', chainId: 10143, testnet: true, coin: 'MON', explorer: 'https://testnet.monadexplorer.com' },
  {
    name: 'gnosis-chiado',
    aliases: ['chiado'],
    chainId: 10200,
    testnet: true,
    coin: 'xDAI',
    explorer: 'https://blockscout.chiadochain.net',
  },
  {
    name: 'shape-sepolia',
    chainId: 11011,
    testnet: true,
    opStack: true,
    explorer: 'https://explorer-sepolia.shape.network',
  },
  {
    name: 'abstract-testnet',
    aliases: ['abstract-sepolia'],
    chainId: 11124,
    testnet: true,
    explorer: 'https://sepolia.abscan.org',
  },
  { name: 'goat-testnet', aliases: ['goat-testnet3'], chainId: 48816, testnet: true, coin: 'BTC' },
  { name: 'linea-sepolia', chainId: 59141, testnet: true, explorer: 'https://sepolia.lineascan.build' },
  {
    name: 'metis-sepolia',
    chainId: 59902,
    testnet: true,
    coin: 'tMETIS',
    explorer: 'https://sepolia-explorer.metisdevops.link',
  },
  { name: 'taiko-hoodi', chainId: 167013, testnet: true, explorer: 'https://hoodi.taikoscan.io' },
  { name: 'scroll-sepolia', chainId: 534351, testnet: true, explorer: 'https://sepolia.scrollscan.com' },
  { name: 'arc-testnet', chainId: 5042002, testnet: true, coin: 'USDC', explorer: 'https://explorer.testnet.arc.io' },
  {
    name: 'celo-sepolia',
    chainId: 11142220,
    testnet: true,
    coin: 'CELO',
    opStack: true,
    explorer: 'https://celo-sepolia.blockscout.com',
  },
  {
    name: 'optimism-sepolia',
    aliases: ['op-sepolia'],
    chainId: 11155420,
    testnet: true,
    opStack: true,
    explorer: 'https://optimism-sepolia.blockscout.com',
  },
  {
    name: 'skale-base-sepolia',
    chainId: 324705682,
    testnet: true,
    coin: 'CREDIT',
    explorer: 'https://base-sepolia-testnet-explorer.skalenodes.com',
  },
]
