import { writeFileSync } from 'node:fs'
import process from 'node:process'

/** Loaded into a measured Node process: leaves its largest resident set (KiB) in a file when it ends. */
process.on('exit', () => {
  const file = process.env['OBOL_RSS_FILE']
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS))
})
