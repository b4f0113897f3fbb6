/** The roles of colours on the page; a tint lies behind text of the colour of its name. */
export type Palette = {
  readonly ground: string
  readonly panel: string
  readonly text: string
  readonly muted: string
  readonly line: string
  readonly link: string
  readonly create: string
  readonly change: string
  readonly remove: string
  readonly held: string
  readonly wait: string
  readonly createTint: string
  readonly changeTint: string
  readonly removeTint: string
  readonly heldTint: string
  readonly waitTint: string
}

/** Colours on light and on dark ground; text on any ground it stands on has a contrast of 4.5 at least (WCAG 2.2 AA, 1.4.3). */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff',
    panel: '#f6f8fa',
    text: '#1c2128',
    muted: '#57606a',
    line: '#d5dbe1',
    link: '#0a53be',
    create: '#116329',
    change: '#7a4b00',
    remove: '#b3141f',
    held: '#6e2fb5',
    wait: '#4f5863',
    createTint: '#dcf7e3',
    changeTint: '#fdf0cc',
    removeTint: '#ffe7e5',
    heldTint: '#f2e8fd',
    waitTint: '#eaeef2',
  },
  dark: {
    ground: '#0e1218',
    panel: '#171c24',
    text: '#e6ebf1',
    muted: '#a2adb9',
    line: '#343c47',
    link: '#83b9ff',
    create: '#62d387',
    change: '#eabb4d',
    remove: '#ff938a',
    held: '#cfa8ff',
    wait: '#a8b3bf',
    createTint: '#12291b',
    changeTint: '#2e2410',
    removeTint: '#34181a',
    heldTint: '#281c3a',
    waitTint: '#20262f',
  },
}

/** The palette as custom properties: `--create-tint: #12291b;` */
export function paletteCss(palette: Palette): string {
  return Object.entries(palette)
    .map(([role, colour]) => `--${role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${colour};`)
    .join(' ')
}
