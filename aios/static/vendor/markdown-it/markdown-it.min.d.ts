/** Our own words for what aios/static/device/markdown*.js uses; the package ships no types. */
export interface Token {
  type: string;
  tag: string;
  attrs: [string, string][] | null;
  nesting: -1 | 0 | 1;
  map: [number, number] | null;
  children: Token[] | null;
  content: string;
  markup: string;
  info: string;
}
export interface StateInline {
  src: string;
  env: { links: Record<string, string> };
  md: MarkdownIt;
  pos: number;
  posMax: number;
  linkLevel: number;
  pending: string;
  backticks: Record<number, number>;
  backticksScanned: boolean;
  push(type: string, tag: string, nesting: -1 | 0 | 1): Token;
}
export interface StateCore {
  env: any;
  tokens: Token[];
  Token: new (type: string, tag: string, nesting: -1 | 0 | 1) => Token;
}
export interface Found {
  ok: boolean;
  pos: number;
  str: string;
  marker?: number;
  can_continue?: boolean;
}
export type InlineRule = (state: StateInline, silent: boolean) => boolean;
export type RenderRule = (tokens: Token[], index: number, options: any, env: any, renderer: Renderer) => string;
export interface Renderer {
  rules: Record<string, RenderRule | undefined>;
  renderInlineAsText(tokens: Token[], options: any, env: any): string;
  renderToken(tokens: Token[], index: number, options: any): string;
}
interface Ruler<Rule> {
  at(name: string, rule: Rule): void;
  before(name: string, own: string, rule: Rule): void;
  after(name: string, own: string, rule: Rule): void;
}
export interface MarkdownIt {
  core: { ruler: Ruler<(state: StateCore) => void> };
  helpers: {
    parseLinkDestination(text: string, start: number, end: number): Found;
    parseLinkTitle(text: string, start: number, end: number, previous?: Found): Found;
  };
  inline: { ruler: Ruler<InlineRule>; State: { prototype: any } };
  renderer: Renderer;
  utils: { escapeHtml(text: string): string; unescapeAll(text: string): string; lib: any };
  enable(names: string[]): MarkdownIt;
  render(text: string, env: object): string;
  normalizeLink(url: string): string;
  normalizeLinkText(url: string): string;
  validateLink(url: string): boolean;
}
/** What decodes an entity such as `&amp;`, or gives it back. */
export const names: { decode: (text: string) => string };
export const markdownit: (preset: string, options: object) => MarkdownIt;
