import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const LIMIT_MS = 60_000

/** A browser of the machine (`$CHROMIUM`, else PATH); undefined where there is none. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter)
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [env['CHROMIUM'] ?? '', ...found].find((path) => path !== '' && existsSync(path))
}

/** Takes a picture of a page, light or dark, 940 px wide. SIDE EFFECTS: a browser, for a moment; writes the picture. */
export function screenshot(
  chromium: string,
  page: string,
  picture: string,
  theme: 'light' | 'dark',
  height = 1400,
): void {
  const dark =
    theme === 'dark' ? ['--blink-settings=preferredColorScheme=0'] : ['--blink-settings=preferredColorScheme=1']
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-color-profile=srgb']
  const size = [`--window-size=940,${height}`, `--screenshot=${picture}`]
  execFileSync(chromium, [...options, ...dark, ...size, pathToFileURL(page).href], {
    stdio: 'ignore',
    timeout: LIMIT_MS,
  })
}
