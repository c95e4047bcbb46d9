-- The whole schema of a shop: one table a thing, in the vocabulary of Centra.
--
-- Conventions
--   * money        INTEGER, hundredths of the currency's unit, for every currency (JPY too)
--   * percent      INTEGER, hundredths of a percent: 25.5 % is 2550
--   * *_at         INTEGER, unix seconds (UTC); the faces print them in the instance's zone
--   * codes        upper-case ISO codes for countries, states and currencies, lower case for languages
--   * *_json       TEXT, one JSON document; only for snapshots (an address as it was sent) and for free-form settings
--   * status       'active' or 'inactive' where a thing can be switched off
-- Constraints hold the invariants that SQL can hold; the rules in commerce/ hold the others.

-- ---------------------------------------------------------------- the store itself

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Settings that were changed at run time; anything not listed here has its default (commerce/settings.py).
CREATE TABLE settings (
  key        TEXT PRIMARY KEY,
  value_json TEXT NOT NULL
) WITHOUT ROWID;

-- Running numbers that must not be handed out twice (order numbers).
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- ---------------------------------------------------------------- stores, markets, pricelists, places, languages

CREATE TABLE currencies (
  id                  INTEGER PRIMARY KEY,
  code                TEXT NOT NULL UNIQUE,
  name                TEXT NOT NULL,
  uri                 TEXT NOT NULL,
  prefix              TEXT NOT NULL DEFAULT '',
  suffix              TEXT NOT NULL DEFAULT '',
  decimal_point       TEXT NOT NULL DEFAULT '.',
  thousands_separator TEXT NOT NULL DEFAULT '',
  decimals            INTEGER NOT NULL DEFAULT 2,
  denominator         INTEGER NOT NULL DEFAULT 100,
  rate_micro          INTEGER NOT NULL CHECK (rate_micro > 0)   -- base currency per unit, in millionths
);

CREATE TABLE languages (
  id         INTEGER PRIMARY KEY,
  code       TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  is_default INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE countries (
  id          INTEGER PRIMARY KEY,
  code        TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  eu          INTEGER NOT NULL DEFAULT 0,
  language_id INTEGER REFERENCES languages(id)
);

CREATE TABLE states (
  id         INTEGER PRIMARY KEY,
  country_id INTEGER NOT NULL REFERENCES countries(id),
  code       TEXT NOT NULL,
  name       TEXT NOT NULL,
  UNIQUE (country_id, code)
);

CREATE TABLE stores (
  id                    INTEGER PRIMARY KEY,
  name                  TEXT NOT NULL UNIQUE,
  type                  TEXT NOT NULL CHECK (type IN ('dtc', 'wholesale')),
  base_currency_id      INTEGER NOT NULL REFERENCES currencies(id),
  home_country_id       INTEGER REFERENCES countries(id),
  default_tax_group_id  INTEGER
);

CREATE TABLE markets (
  id                 INTEGER PRIMARY KEY,
  store_id           INTEGER NOT NULL REFERENCES stores(id),
  name               TEXT NOT NULL,
  is_default         INTEGER NOT NULL DEFAULT 0,
  status             TEXT NOT NULL DEFAULT 'active',
  allocation_rule_id INTEGER NOT NULL,
  has_own_rule       INTEGER NOT NULL DEFAULT 1,       -- 0: nobody chose the rule; it is that of the default market
  comment            TEXT NOT NULL DEFAULT ''
);

-- The geo-location of a market: a country belongs to at most one market of a store.
CREATE TABLE market_countries (
  store_id   INTEGER NOT NULL REFERENCES stores(id),
  country_id INTEGER NOT NULL REFERENCES countries(id),
  market_id  INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (store_id, country_id)
) WITHOUT ROWID;

CREATE TABLE pricelists (
  id                 INTEGER PRIMARY KEY,
  store_id           INTEGER NOT NULL REFERENCES stores(id),
  name               TEXT NOT NULL,
  currency_id        INTEGER NOT NULL REFERENCES currencies(id),
  is_default         INTEGER NOT NULL DEFAULT 0,
  status             TEXT NOT NULL DEFAULT 'active',
  shipping_option_id INTEGER,
  comment            TEXT NOT NULL DEFAULT ''
);

CREATE TABLE pricelist_countries (
  store_id     INTEGER NOT NULL REFERENCES stores(id),
  country_id   INTEGER NOT NULL REFERENCES countries(id),
  pricelist_id INTEGER NOT NULL REFERENCES pricelists(id),
  PRIMARY KEY (store_id, country_id)
) WITHOUT ROWID;

-- Texts in other languages than the main one. object_type: display, category, brand, collection, country, state,
-- attribute_type, attribute_entry_value, attribute_option, shipping_option, payment_method, article, size_chart …
-- The fall-back is the text on the object itself.
CREATE TABLE translations (
  object_type TEXT NOT NULL,
  object_id   INTEGER NOT NULL,
  language_id INTEGER NOT NULL REFERENCES languages(id),
  field       TEXT NOT NULL,
  text        TEXT NOT NULL,
  PRIMARY KEY (object_type, object_id, language_id, field)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- tax

CREATE TABLE tax_classes (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  is_exempt INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE tax_groups (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE tax_rules (
  id           INTEGER PRIMARY KEY,
  tax_group_id INTEGER NOT NULL REFERENCES tax_groups(id),
  store_id     INTEGER REFERENCES stores(id),          -- NULL: every store
  name         TEXT NOT NULL,
  percent      INTEGER NOT NULL CHECK (percent >= 0),
  included     INTEGER NOT NULL,                       -- prices are shown with the tax in them
  on_shipping  INTEGER NOT NULL DEFAULT 1
);

-- Where a rule applies. state_id NULL: the whole country. zip_codes_json: a list of zip codes, NULL for all.
CREATE TABLE tax_rule_places (
  tax_rule_id    INTEGER NOT NULL REFERENCES tax_rules(id),
  country_id     INTEGER NOT NULL REFERENCES countries(id),
  state_id       INTEGER REFERENCES states(id),
  zip_codes_json TEXT
);
CREATE INDEX tax_rule_places_rule ON tax_rule_places (tax_rule_id);

-- No row: the rule applies to every tax class.
CREATE TABLE tax_rule_classes (
  tax_rule_id  INTEGER NOT NULL REFERENCES tax_rules(id),
  tax_class_id INTEGER NOT NULL REFERENCES tax_classes(id),
  PRIMARY KEY (tax_rule_id, tax_class_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- warehouses and stock

CREATE TABLE warehouses (
  id                INTEGER PRIMARY KEY,
  name              TEXT NOT NULL,
  status            TEXT NOT NULL DEFAULT 'active',
  priority          INTEGER NOT NULL DEFAULT 0,
  threshold         INTEGER NOT NULL DEFAULT 0,
  stock_master      TEXT NOT NULL DEFAULT 'internal' CHECK (stock_master IN ('internal', 'external')),
  ownership         TEXT NOT NULL DEFAULT 'internal',
  allocation_policy TEXT NOT NULL DEFAULT 'direct'
                    CHECK (allocation_policy IN ('direct', 'check_first', 'direct_then_confirm')),
  is_consignment    INTEGER NOT NULL DEFAULT 0,
  is_hidden         INTEGER NOT NULL DEFAULT 0,        -- left out of the stock view
  country_id        INTEGER REFERENCES countries(id),
  address_json      TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE allocation_rules (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE allocation_rule_warehouses (
  allocation_rule_id INTEGER NOT NULL REFERENCES allocation_rules(id),
  warehouse_id       INTEGER NOT NULL REFERENCES warehouses(id),
  position           INTEGER NOT NULL,
  PRIMARY KEY (allocation_rule_id, warehouse_id)
) WITHOUT ROWID;

-- Free to allocate (FTA) = physical - allocated.
CREATE TABLE stock (
  product_size_id INTEGER NOT NULL,
  warehouse_id    INTEGER NOT NULL REFERENCES warehouses(id),
  physical        INTEGER NOT NULL DEFAULT 0 CHECK (physical >= 0),
  allocated       INTEGER NOT NULL DEFAULT 0 CHECK (allocated >= 0),
  updated_at      INTEGER NOT NULL DEFAULT 0,          -- last change of either; 0: see stock_changes
  id              INTEGER GENERATED ALWAYS AS (product_size_id * 10000 + warehouse_id) VIRTUAL,
  PRIMARY KEY (product_size_id, warehouse_id),
  CHECK (physical >= allocated)
) WITHOUT ROWID;

CREATE TABLE stock_changes (
  id              INTEGER PRIMARY KEY,
  product_size_id INTEGER NOT NULL,
  warehouse_id    INTEGER NOT NULL REFERENCES warehouses(id),
  quantity        INTEGER NOT NULL,                    -- change of the physical stock
  kind            TEXT NOT NULL,   -- delivery, correction, supplier_delivery, shipment, return, movement, integration
  reference       TEXT NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  head_id         INTEGER,                             -- the first of the lines that were made together; NULL: itself
  unit_cost       INTEGER,                             -- of a piece, as it was said then
  unit_cost_currency_id INTEGER REFERENCES currencies(id),
  admin_user_id   INTEGER,                             -- who did it, where somebody said so
  change_id       INTEGER GENERATED ALWAYS AS (COALESCE(head_id, id)) VIRTUAL
);
CREATE INDEX stock_changes_size ON stock_changes (product_size_id);
CREATE INDEX stock_changes_change ON stock_changes (change_id);

-- ---------------------------------------------------------------- catalogue

CREATE TABLE brands (
  id               INTEGER PRIMARY KEY,
  name             TEXT NOT NULL,
  uri              TEXT NOT NULL UNIQUE,
  status           TEXT NOT NULL DEFAULT 'active',
  meta_title       TEXT NOT NULL DEFAULT '',
  meta_description TEXT NOT NULL DEFAULT '',
  meta_keywords    TEXT NOT NULL DEFAULT ''
);

-- The stores that a brand is enabled in. No row: every store.
CREATE TABLE brand_stores (
  brand_id INTEGER NOT NULL REFERENCES brands(id),
  store_id INTEGER NOT NULL REFERENCES stores(id),
  PRIMARY KEY (brand_id, store_id)
) WITHOUT ROWID;

CREATE TABLE collections (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  uri    TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL DEFAULT 'active'
);

CREATE TABLE folders (
  id        INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES folders(id),
  name      TEXT NOT NULL
);

CREATE TABLE categories (
  id               INTEGER PRIMARY KEY,
  store_id         INTEGER NOT NULL REFERENCES stores(id),
  parent_id        INTEGER REFERENCES categories(id),
  name             TEXT NOT NULL,
  uri              TEXT NOT NULL,                      -- own segment; translated in `translations`
  status           TEXT NOT NULL DEFAULT 'active',
  sort_order       INTEGER NOT NULL DEFAULT 0,
  display_sort_type TEXT NOT NULL DEFAULT '',         -- how its displays are ordered; '': by hand
  display_sort_window_id INTEGER,                      -- the delivery window whose displays come first
  meta_title       TEXT NOT NULL DEFAULT '',
  meta_description TEXT NOT NULL DEFAULT '',
  meta_keywords    TEXT NOT NULL DEFAULT ''
);

-- A size chart: labels along x and, for two-dimensional charts, along y. A size is a cell of it.
CREATE TABLE size_charts (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  unit    TEXT NOT NULL DEFAULT '',
  divider TEXT NOT NULL DEFAULT '/',
  stock_divisor TEXT NOT NULL DEFAULT '',
  stock_unit    TEXT NOT NULL DEFAULT '',
  x_json  TEXT NOT NULL,
  y_json  TEXT NOT NULL DEFAULT '[]'
);

CREATE TABLE sizes (
  id            INTEGER PRIMARY KEY,
  size_chart_id INTEGER NOT NULL REFERENCES size_charts(id),
  name          TEXT NOT NULL,
  x             INTEGER NOT NULL,
  y             INTEGER NOT NULL DEFAULT 0,
  number        TEXT NOT NULL DEFAULT '',              -- SKU part 3 of new product sizes
  ean           TEXT NOT NULL DEFAULT '',
  comment       TEXT NOT NULL DEFAULT '',
  UNIQUE (size_chart_id, x, y)
);

-- Other names of the sizes of charts in some countries (localized size charts).
CREATE TABLE size_localizations (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  unit           TEXT NOT NULL DEFAULT '',
  status         TEXT NOT NULL DEFAULT 'active',
  comment        TEXT NOT NULL DEFAULT '',
  countries_json TEXT NOT NULL DEFAULT '[]',           -- ISO codes
  stores_json    TEXT                                  -- ids; NULL: every store
);
CREATE TABLE size_localization_charts (
  size_localization_id INTEGER NOT NULL REFERENCES size_localizations(id),
  size_chart_id        INTEGER NOT NULL REFERENCES size_charts(id),
  labels_json          TEXT NOT NULL DEFAULT '{}',     -- {label along x, or name of a size: localized}
  PRIMARY KEY (size_localization_id, size_chart_id)
) WITHOUT ROWID;
CREATE INDEX size_localization_charts_chart ON size_localization_charts (size_chart_id);

CREATE TABLE measurement_charts (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  unit          TEXT NOT NULL DEFAULT 'cm',
  x_json        TEXT NOT NULL,                         -- sizes
  y_json        TEXT NOT NULL,                         -- measures
  contents_json TEXT NOT NULL                          -- [[x, y, content]]
);

CREATE TABLE products (
  id                   INTEGER PRIMARY KEY,
  name                 TEXT NOT NULL,
  number               TEXT NOT NULL DEFAULT '',       -- SKU part 1
  status               TEXT NOT NULL DEFAULT 'active',
  kind                 TEXT NOT NULL DEFAULT 'normal' CHECK (kind IN ('normal', 'bundle')),
  is_serializable      INTEGER NOT NULL DEFAULT 0,
  brand_id             INTEGER REFERENCES brands(id),
  collection_id        INTEGER REFERENCES collections(id),
  folder_id            INTEGER REFERENCES folders(id),
  country_of_origin_id INTEGER REFERENCES countries(id),
  hs_code              TEXT NOT NULL DEFAULT '',
  hs_description       TEXT NOT NULL DEFAULT '',
  material             TEXT NOT NULL DEFAULT '',
  weight_milli         INTEGER NOT NULL DEFAULT 0,     -- thousandths of weight_unit
  weight_unit          TEXT NOT NULL DEFAULT 'kg',
  tax_group_id         INTEGER REFERENCES tax_groups(id),
  measurement_chart_id INTEGER REFERENCES measurement_charts(id),
  measurements_json    TEXT,                           -- own contents [[x, y, content]] instead of the chart's
  internal_comment     TEXT NOT NULL DEFAULT '',
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER NOT NULL
);
CREATE INDEX products_brand ON products (brand_id);

CREATE TABLE variants (
  id               INTEGER PRIMARY KEY,
  product_id       INTEGER NOT NULL REFERENCES products(id),
  name             TEXT NOT NULL DEFAULT '',
  number           TEXT NOT NULL DEFAULT '',           -- SKU part 2
  status           TEXT NOT NULL DEFAULT 'active',
  position         INTEGER NOT NULL DEFAULT 0,
  size_chart_id    INTEGER REFERENCES size_charts(id), -- NULL until one is chosen, once and for all
  stock_offset     INTEGER NOT NULL DEFAULT 0,
  unit_cost        INTEGER,                            -- in unit_cost_currency_id
  unit_cost_currency_id INTEGER REFERENCES currencies(id),
  internal_comment TEXT NOT NULL DEFAULT '',
  internal_name    TEXT NOT NULL DEFAULT '',
  shipping_json    TEXT NOT NULL DEFAULT '{}',         -- own weight and dimensions, as an integration set them
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL
);
CREATE INDEX variants_product ON variants (product_id);

-- The stock item: an activated size of a variant.
CREATE TABLE product_sizes (
  id           INTEGER PRIMARY KEY,
  variant_id   INTEGER NOT NULL REFERENCES variants(id),
  size_id      INTEGER NOT NULL REFERENCES sizes(id),
  number       TEXT NOT NULL DEFAULT '',               -- SKU part 3
  ean          TEXT NOT NULL DEFAULT '',
  upc          TEXT NOT NULL DEFAULT '',
  status       TEXT NOT NULL DEFAULT 'active',
  is_preorder  INTEGER NOT NULL DEFAULT 0,
  is_infinite  INTEGER NOT NULL DEFAULT 0,
  comment      TEXT NOT NULL DEFAULT '',
  shipping_json TEXT NOT NULL DEFAULT '{}',            -- own weight and dimensions
  UNIQUE (variant_id, size_id)
);
CREATE INDEX product_sizes_ean ON product_sizes (ean) WHERE ean <> '';

CREATE VIEW stock_change_variants AS
  SELECT c.change_id, z.variant_id FROM stock_changes c JOIN product_sizes z ON z.id = c.product_size_id;

-- Pictures that users brought, once for each content, as long as a picture or an open upload needs it.
CREATE TABLE media_files (
  sha256  TEXT PRIMARY KEY,
  sha1    TEXT NOT NULL,
  format  TEXT NOT NULL CHECK (format IN ('jpg', 'png', 'gif')),
  width   INTEGER NOT NULL,
  height  INTEGER NOT NULL,
  size    INTEGER NOT NULL,                            -- bytes
  content BLOB NOT NULL                                -- last, so that nobody reads past it
);

CREATE TABLE media (
  id         INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL REFERENCES products(id),
  variant_id INTEGER REFERENCES variants(id),          -- NULL: a picture of the whole product
  file_name  TEXT NOT NULL,                            -- `{id}_{hash}-{name}`, without size and extension
  format     TEXT NOT NULL DEFAULT 'jpg' CHECK (format IN ('jpg', 'png')),  -- the extension
  file_sha   TEXT REFERENCES media_files(sha256),      -- NULL: it is painted
  shape      TEXT NOT NULL DEFAULT 'tee',              -- what the painted picture shows
  color_hex  TEXT NOT NULL DEFAULT '9aa0a6',
  position   INTEGER NOT NULL DEFAULT 0,
  source_url TEXT NOT NULL DEFAULT '',                 -- where it was to be brought from
  alt_text   TEXT NOT NULL DEFAULT '',
  meta_json  TEXT NOT NULL DEFAULT '',                 -- an object; empty: none
  created_at INTEGER NOT NULL
);
CREATE INDEX media_product ON media (product_id);
CREATE INDEX media_file ON media (file_sha) WHERE file_sha IS NOT NULL;

-- Forms that were handed out to upload a picture with, and what came with them.
CREATE TABLE media_uploads (
  uuid         TEXT PRIMARY KEY,
  signature    TEXT NOT NULL,
  file_sha     TEXT REFERENCES media_files(sha256),
  completed_at INTEGER,
  created_at   INTEGER NOT NULL
);
CREATE TABLE media_batches (
  queue_id     TEXT PRIMARY KEY,
  entries_json TEXT NOT NULL,                          -- what was asked for, with the ids of the media that were made
  created_at   INTEGER NOT NULL
);

CREATE TABLE displays (
  id               INTEGER PRIMARY KEY,
  store_id         INTEGER NOT NULL REFERENCES stores(id),
  product_id       INTEGER NOT NULL REFERENCES products(id),
  name             TEXT NOT NULL,
  uri              TEXT NOT NULL,
  status           TEXT NOT NULL DEFAULT 'active',
  excerpt          TEXT NOT NULL DEFAULT '',
  description      TEXT NOT NULL DEFAULT '',
  meta_title       TEXT NOT NULL DEFAULT '',
  meta_description TEXT NOT NULL DEFAULT '',
  meta_keywords    TEXT NOT NULL DEFAULT '',
  stock_unit       TEXT NOT NULL DEFAULT '',
  category_id      INTEGER REFERENCES categories(id),  -- main (canonical) category
  minimum_quantity INTEGER NOT NULL DEFAULT 1 CHECK (minimum_quantity >= 1),
  multiple_of      INTEGER NOT NULL DEFAULT 1 CHECK (multiple_of >= 1),
  tax_group_id     INTEGER REFERENCES tax_groups(id),
  tags_json        TEXT NOT NULL DEFAULT '[]',
  comment          TEXT NOT NULL DEFAULT '',
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  UNIQUE (store_id, uri)
);
CREATE INDEX displays_product ON displays (product_id);

-- An activated variant of a display: what the Checkout and Shop APIs call a product.
CREATE TABLE display_items (
  id         INTEGER PRIMARY KEY,
  display_id INTEGER NOT NULL REFERENCES displays(id),
  variant_id INTEGER NOT NULL REFERENCES variants(id),
  position   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (display_id, variant_id)
);
CREATE INDEX display_items_variant ON display_items (variant_id);

CREATE TABLE display_markets (
  display_id INTEGER NOT NULL REFERENCES displays(id),
  market_id  INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (display_id, market_id)
) WITHOUT ROWID;

-- Every category of a display, the main one included.
CREATE TABLE display_categories (
  display_id  INTEGER NOT NULL REFERENCES displays(id),
  category_id INTEGER NOT NULL REFERENCES categories(id),
  sort_order  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (display_id, category_id)
) WITHOUT ROWID;
CREATE INDEX display_categories_category ON display_categories (category_id);

CREATE TABLE display_media (
  display_id INTEGER NOT NULL REFERENCES displays(id),
  media_id   INTEGER NOT NULL REFERENCES media(id),
  position   INTEGER NOT NULL,
  PRIMARY KEY (display_id, media_id)
) WITHOUT ROWID;

CREATE TABLE relation_types (
  id   INTEGER PRIMARY KEY,                            -- 1 standard, 2 variant, 3 size; custom ones above 100
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE display_relations (
  display_id         INTEGER NOT NULL REFERENCES displays(id),
  related_display_id INTEGER NOT NULL REFERENCES displays(id),
  relation_type_id   INTEGER NOT NULL REFERENCES relation_types(id),
  position           INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (display_id, related_display_id, relation_type_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- prices and campaigns

CREATE TABLE prices (
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  pricelist_id    INTEGER NOT NULL REFERENCES pricelists(id),
  price           INTEGER NOT NULL CHECK (price >= 0),
  price_rrp       INTEGER,                             -- wholesale: recommended retail price
  PRIMARY KEY (display_item_id, pricelist_id)
) WITHOUT ROWID;

-- What integrations said a product costs, whether or not a display shows it yet. variant_id 0: every variant without a
-- price of its own. The prices of display items follow from here. altered_*: once a price alteration applies (wholesale).
CREATE TABLE product_prices (
  pricelist_id  INTEGER NOT NULL REFERENCES pricelists(id),
  product_id    INTEGER NOT NULL REFERENCES products(id),
  variant_id    INTEGER NOT NULL DEFAULT 0,
  price         INTEGER CHECK (price >= 0),
  price_rrp     INTEGER CHECK (price_rrp >= 0),
  altered_price INTEGER CHECK (altered_price >= 0),
  altered_rrp   INTEGER CHECK (altered_rrp >= 0),
  waits         INTEGER NOT NULL DEFAULT 0,            -- came after the price of the product, which is not its own yet
  PRIMARY KEY (product_id, pricelist_id, variant_id)
) WITHOUT ROWID;

-- What a product could be bought for, noted whenever it changed; market NULL means every market.
-- The lowest price of a period is read from here and from the current price.
CREATE TABLE price_records (
  id              INTEGER PRIMARY KEY,
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  pricelist_id    INTEGER NOT NULL REFERENCES pricelists(id),
  market_id       INTEGER REFERENCES markets(id),
  price           INTEGER NOT NULL,
  price_before    INTEGER NOT NULL,
  from_at         INTEGER NOT NULL,
  until_at        INTEGER                              -- NULL: still so
);
CREATE INDEX price_records_item ON price_records (display_item_id, pricelist_id);

CREATE TABLE campaigns (
  id              INTEGER PRIMARY KEY,
  store_id        INTEGER NOT NULL REFERENCES stores(id),
  name            TEXT NOT NULL,
  status          TEXT NOT NULL DEFAULT 'active',
  start_at        INTEGER,
  stop_at         INTEGER,
  show_as_on_sale INTEGER NOT NULL DEFAULT 0,
  show_as_new     INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL DEFAULT 0,          -- 0: with the shop
  updated_at      INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE campaign_delivery_windows (
  campaign_id        INTEGER NOT NULL REFERENCES campaigns(id),
  delivery_window_id INTEGER NOT NULL REFERENCES delivery_windows(id),
  PRIMARY KEY (campaign_id, delivery_window_id)
) WITHOUT ROWID;

CREATE TABLE campaign_markets (
  campaign_id INTEGER NOT NULL REFERENCES campaigns(id),
  market_id   INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (campaign_id, market_id)
) WITHOUT ROWID;

CREATE TABLE campaign_pricelists (
  campaign_id  INTEGER NOT NULL REFERENCES campaigns(id),
  pricelist_id INTEGER NOT NULL REFERENCES pricelists(id),
  PRIMARY KEY (campaign_id, pricelist_id)
) WITHOUT ROWID;

-- What a campaign does to variants, whether or not a display shows them yet; its items and prices follow from here.
-- percent 0 and no price: the price stays, only the flags act. show_as_*: NULL, as the campaign says.
CREATE TABLE campaign_variants (
  id              INTEGER PRIMARY KEY,
  campaign_id     INTEGER NOT NULL REFERENCES campaigns(id),
  variant_id      INTEGER NOT NULL REFERENCES variants(id),
  percent         INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 10000),
  price           INTEGER CHECK (price >= 0),          -- a fixed one, in every pricelist of its currency
  currency_id     INTEGER REFERENCES currencies(id),
  start_at        INTEGER,
  stop_at         INTEGER,
  show_as_on_sale INTEGER,
  show_as_new     INTEGER,
  created_at      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (campaign_id, variant_id)
);
CREATE INDEX campaign_variants_variant ON campaign_variants (variant_id);

CREATE TABLE campaign_items (
  id              INTEGER PRIMARY KEY,
  campaign_id     INTEGER NOT NULL REFERENCES campaigns(id),
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  percent         INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 10000),
  start_at        INTEGER,
  stop_at         INTEGER,
  show_as_on_sale INTEGER,
  show_as_new     INTEGER,
  created_at      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (campaign_id, display_item_id)
);
CREATE INDEX campaign_items_item ON campaign_items (display_item_id);

CREATE TABLE campaign_prices (
  campaign_id     INTEGER NOT NULL REFERENCES campaigns(id),
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  pricelist_id    INTEGER NOT NULL REFERENCES pricelists(id),
  price           INTEGER NOT NULL CHECK (price >= 0),
  PRIMARY KEY (campaign_id, display_item_id, pricelist_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- bundles, plans, gift certificates

CREATE TABLE bundles (
  id         INTEGER PRIMARY KEY,
  product_id INTEGER NOT NULL UNIQUE REFERENCES products(id),
  type       TEXT NOT NULL CHECK (type IN ('fixed', 'flexible')),
  price_type TEXT NOT NULL CHECK (price_type IN ('static', 'dynamic')),
  percent    INTEGER NOT NULL DEFAULT 0                -- discount of a dynamic bundle
);

CREATE TABLE bundle_sections (
  id           INTEGER PRIMARY KEY,
  bundle_id    INTEGER NOT NULL REFERENCES bundles(id),
  position     INTEGER NOT NULL,
  quantity     INTEGER NOT NULL CHECK (quantity >= 1),
  min_quantity INTEGER,
  max_quantity INTEGER
);

CREATE TABLE bundle_section_items (
  bundle_section_id INTEGER NOT NULL REFERENCES bundle_sections(id),
  display_item_id   INTEGER NOT NULL REFERENCES display_items(id),
  position          INTEGER NOT NULL,
  PRIMARY KEY (bundle_section_id, display_item_id)
) WITHOUT ROWID;

-- What integrations said a section has, whether or not a display shows it yet; the items of the section follow.
CREATE TABLE bundle_section_variants (
  bundle_section_id INTEGER NOT NULL REFERENCES bundle_sections(id),
  variant_id        INTEGER NOT NULL REFERENCES variants(id),
  position          INTEGER NOT NULL,
  PRIMARY KEY (bundle_section_id, variant_id)
) WITHOUT ROWID;
CREATE VIEW bundle_parts AS
  SELECT bundle_section_id, variant_id, position FROM bundle_section_variants
  UNION ALL
  SELECT s.bundle_section_id, i.variant_id, s.position FROM bundle_section_items s
  JOIN display_items i ON i.id = s.display_item_id
  WHERE s.bundle_section_id NOT IN (SELECT bundle_section_id FROM bundle_section_variants);

-- Fixed bundles: which size of each part belongs to a size of the bundle.
CREATE TABLE bundle_size_parts (
  product_size_id      INTEGER NOT NULL REFERENCES product_sizes(id),   -- of the bundle
  bundle_section_id    INTEGER NOT NULL REFERENCES bundle_sections(id),
  part_display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  part_product_size_id INTEGER NOT NULL REFERENCES product_sizes(id),
  PRIMARY KEY (product_size_id, bundle_section_id)
) WITHOUT ROWID;

CREATE TABLE subscription_plans (
  id             INTEGER PRIMARY KEY,
  store_id       INTEGER NOT NULL REFERENCES stores(id),
  name           TEXT NOT NULL,
  interval_value INTEGER NOT NULL CHECK (interval_value >= 1),
  interval_type  TEXT NOT NULL CHECK (interval_type IN ('day', 'week', 'month', 'year')),
  percent        INTEGER NOT NULL DEFAULT 0,
  shipping_type  TEXT NOT NULL DEFAULT 'DYNAMIC',
  status         TEXT NOT NULL DEFAULT 'active',
  internal_comment TEXT NOT NULL DEFAULT '',
  created_at     INTEGER NOT NULL DEFAULT 0,           -- 0: with the shop
  updated_at     INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE subscription_plan_items (
  subscription_plan_id INTEGER NOT NULL REFERENCES subscription_plans(id),
  display_item_id      INTEGER NOT NULL REFERENCES display_items(id),
  PRIMARY KEY (subscription_plan_id, display_item_id)
) WITHOUT ROWID;

-- The variants of a plan, whether or not a display shows them yet; its items follow from here.
CREATE TABLE subscription_plan_variants (
  subscription_plan_id INTEGER NOT NULL REFERENCES subscription_plans(id),
  variant_id           INTEGER NOT NULL REFERENCES variants(id),
  PRIMARY KEY (subscription_plan_id, variant_id)
) WITHOUT ROWID;
CREATE INDEX subscription_plan_variants_variant ON subscription_plan_variants (variant_id);

CREATE TABLE gift_certificates (
  id                    INTEGER PRIMARY KEY,
  store_id              INTEGER NOT NULL REFERENCES stores(id),
  uri                   TEXT NOT NULL,                 -- what the APIs call its id: `gift-card`
  name                  TEXT NOT NULL,
  type                  TEXT NOT NULL CHECK (type IN ('predetermined', 'any')),
  currency_of_sale_only INTEGER NOT NULL DEFAULT 1,
  show_amount           INTEGER NOT NULL DEFAULT 1,
  min_amount            INTEGER,
  max_amount            INTEGER,
  status                TEXT NOT NULL DEFAULT 'active',
  UNIQUE (store_id, uri)
);

CREATE TABLE gift_certificate_amounts (
  gift_certificate_id INTEGER NOT NULL REFERENCES gift_certificates(id),
  currency_id         INTEGER NOT NULL REFERENCES currencies(id),
  amount              INTEGER NOT NULL CHECK (amount > 0),
  PRIMARY KEY (gift_certificate_id, currency_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- custom attributes

-- group_name: product, variation, display, order, line, customer, account, sizechart, product_media, voucher
CREATE TABLE attribute_types (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,                    -- snake_case API name
  title       TEXT NOT NULL,
  group_name  TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('mapped', 'dynamic')),
  is_multi    INTEGER NOT NULL DEFAULT 0,
  is_filter   INTEGER NOT NULL DEFAULT 0,              -- a product filter field of the Checkout API
  is_selected INTEGER NOT NULL DEFAULT 1,              -- shown by the Checkout API
  position    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE attribute_elements (
  id                INTEGER PRIMARY KEY,
  attribute_type_id INTEGER NOT NULL REFERENCES attribute_types(id),
  name              TEXT NOT NULL,
  kind              TEXT NOT NULL CHECK (kind IN ('input', 'textarea', 'readonly', 'boolean', 'select', 'image', 'file')),
  position          INTEGER NOT NULL DEFAULT 0,
  UNIQUE (attribute_type_id, name)
);

CREATE TABLE attribute_options (
  id                   INTEGER PRIMARY KEY,
  attribute_element_id INTEGER NOT NULL REFERENCES attribute_elements(id),
  option_key           TEXT NOT NULL,
  label                TEXT NOT NULL,
  UNIQUE (attribute_element_id, option_key)
);

-- The catalogue of a mapped attribute's values.
CREATE TABLE attribute_entries (
  id                INTEGER PRIMARY KEY,
  attribute_type_id INTEGER NOT NULL REFERENCES attribute_types(id),
  name              TEXT NOT NULL
);

-- value: text; for images and files the URL, with the details in value_json.
CREATE TABLE attribute_entry_values (
  id                   INTEGER PRIMARY KEY,
  attribute_entry_id   INTEGER NOT NULL REFERENCES attribute_entries(id),
  attribute_element_id INTEGER NOT NULL REFERENCES attribute_elements(id),
  value                TEXT NOT NULL,
  value_json           TEXT,
  file_sha             TEXT REFERENCES media_files(sha256),  -- of a picture that somebody brought
  UNIQUE (attribute_entry_id, attribute_element_id)
);
CREATE INDEX attribute_entry_value_file ON attribute_entry_values (file_sha) WHERE file_sha IS NOT NULL;

-- Which mapped values an object has. object_type is the attribute's group.
CREATE TABLE attribute_links (
  object_type        TEXT NOT NULL,
  object_id          INTEGER NOT NULL,
  attribute_entry_id INTEGER NOT NULL REFERENCES attribute_entries(id),
  PRIMARY KEY (object_type, object_id, attribute_entry_id)
) WITHOUT ROWID;

-- Values of dynamic attributes, on the object itself.
CREATE TABLE attribute_values (
  object_type          TEXT NOT NULL,
  object_id            INTEGER NOT NULL,
  attribute_element_id INTEGER NOT NULL REFERENCES attribute_elements(id),
  value                TEXT NOT NULL,
  value_json           TEXT,
  PRIMARY KEY (object_type, object_id, attribute_element_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- vouchers, campaign sites, affiliates

CREATE TABLE vouchers (
  id              INTEGER PRIMARY KEY,
  store_id        INTEGER NOT NULL REFERENCES stores(id),
  name            TEXT NOT NULL,
  trigger         TEXT NOT NULL CHECK (trigger IN ('code', 'url', 'auto')),
  code            TEXT NOT NULL DEFAULT '',            -- the code, or the URI of a URL voucher
  code_key        TEXT NOT NULL DEFAULT '',            -- code in lower case: codes are compared without case
  status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'cancelled')),
  priority        INTEGER NOT NULL DEFAULT 0,          -- lower first
  is_exclusive    INTEGER NOT NULL DEFAULT 0,
  start_at        INTEGER,
  stop_at         INTEGER,
  usage_limit     INTEGER NOT NULL DEFAULT 0,          -- 0: none
  used            INTEGER NOT NULL DEFAULT 0,          -- by its own code or address; codes made for it count their own
  used_by_codes   INTEGER NOT NULL DEFAULT 0,
  reuse_value     INTEGER NOT NULL DEFAULT 0,          -- a credit that keeps its rest
  affects_items   INTEGER NOT NULL DEFAULT 0,          -- on orders the discount moves into the item prices
  conversion_html TEXT NOT NULL DEFAULT '',
  on_original     INTEGER NOT NULL DEFAULT 0,          -- reckons from the price before campaigns
  kind            TEXT NOT NULL DEFAULT '',            -- normal, credit, gift_certificate; '': as its rules say
  entry_strategy  TEXT NOT NULL DEFAULT 'ALL',         -- which of its first results are tried
  parent_id       INTEGER REFERENCES vouchers(id),     -- of which it is a copy
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  CHECK (usage_limit = 0 OR used <= usage_limit)
);
CREATE UNIQUE INDEX vouchers_code ON vouchers (store_id, code_key) WHERE code_key <> '';

CREATE TABLE voucher_markets (
  voucher_id INTEGER NOT NULL REFERENCES vouchers(id),
  market_id  INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (voucher_id, market_id)
) WITHOUT ROWID;

-- What must hold, all of it. type and config_json:
--   order_value    {"currency": amount in hundredths}       items total of at least that
--   quantity       {"quantity": n, "categories": [ids], "products": [display item ids]}   pieces of these (or of all)
--   value          {"amounts": {"pricelist": hundredths}, "comparator": name, "whole": bool}
--   shipping       {"options": [ids]}
--   once           {}                       nobody used it before with that e-mail address or account
--   new_customer   {"is_new": bool}         the shopper has no earlier order, or has one
--   signed_in      {}
--   selects        {choice: what}           which goods a result is for (see commerce/voucher_rules.py)
CREATE TABLE voucher_conditions (
  id          INTEGER PRIMARY KEY,
  voucher_id  INTEGER NOT NULL REFERENCES vouchers(id),
  position    INTEGER NOT NULL,
  type        TEXT NOT NULL,
  config_json TEXT NOT NULL DEFAULT '{}',
  result_id   INTEGER,                                 -- of one result only
  params_json TEXT NOT NULL DEFAULT ''                 -- as an integration said it
);

-- What happens, in sequence. Every config may restrict itself with "categories", "products" (display item ids).
--   percent_off    {"percent": hundredths}
--   price_off      {}                       amounts in voucher_amounts, by pricelist or currency
--   fixed_price    {}                       each affected piece costs the amount
--   free_shipping  {"options": [ids]}       no list: every option
--   free_product   {"variants": [ids], "prices": {"pricelist": hundredths that they cost all the same},
--                   "stays": bool, "allow_remove": bool, "allow_add_more": bool}
--   n_for_m        {"n": 3, "m": 2}         of n pieces m are paid for, the cheapest are free
--   cheapest_free  {}
CREATE TABLE voucher_results (
  id          INTEGER PRIMARY KEY,
  voucher_id  INTEGER NOT NULL REFERENCES vouchers(id),
  position    INTEGER NOT NULL,
  type        TEXT NOT NULL,
  config_json TEXT NOT NULL DEFAULT '{}',
  entry_id    INTEGER,                                 -- the result after which it is tried; NULL: from the start
  strategy    TEXT NOT NULL DEFAULT 'ALWAYS',
  params_json TEXT NOT NULL DEFAULT ''                 -- as an integration said it
);

-- The value of a price_off or fixed_price: for a pricelist, or for a currency (pricelist_id NULL). A code that was made
-- for a credit has a rest of its own.
CREATE TABLE voucher_amounts (
  voucher_id    INTEGER NOT NULL REFERENCES vouchers(id),
  subvoucher_id INTEGER,
  pricelist_id  INTEGER REFERENCES pricelists(id),
  currency_id   INTEGER REFERENCES currencies(id),
  amount        INTEGER NOT NULL,
  remaining     INTEGER                                -- of a credit with reuse_value
);
CREATE INDEX voucher_amounts_voucher ON voucher_amounts (voucher_id, subvoucher_id);

-- Codes of their own for one voucher each, made in numbers. One with an e-mail address (or a domain of addresses) counts
-- for that one only; without a code or an address it lets its owner use the voucher by the voucher's own means.
CREATE TABLE subvouchers (
  id         INTEGER PRIMARY KEY,
  voucher_id INTEGER NOT NULL REFERENCES vouchers(id),
  code       TEXT NOT NULL DEFAULT '',
  code_key   TEXT NOT NULL DEFAULT '',
  url        TEXT NOT NULL DEFAULT '',
  email      TEXT NOT NULL DEFAULT '',
  domain     TEXT NOT NULL DEFAULT '',
  start_at   INTEGER,
  stop_at    INTEGER,
  used       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX subvouchers_voucher ON subvouchers (voucher_id, code_key);
CREATE INDEX subvouchers_code ON subvouchers (code_key) WHERE code_key <> '';

CREATE TABLE campaign_sites (
  id           INTEGER PRIMARY KEY,
  store_id     INTEGER NOT NULL REFERENCES stores(id),
  uri          TEXT NOT NULL,
  name         TEXT NOT NULL,
  market_id    INTEGER NOT NULL REFERENCES markets(id),
  pricelist_id INTEGER REFERENCES pricelists(id),
  status       TEXT NOT NULL DEFAULT 'active',
  UNIQUE (store_id, uri)
);

CREATE TABLE affiliates (
  id       INTEGER PRIMARY KEY,
  store_id INTEGER NOT NULL REFERENCES stores(id),
  uri      TEXT NOT NULL,
  name     TEXT NOT NULL,
  html     TEXT NOT NULL DEFAULT '',
  UNIQUE (store_id, uri)
);

-- ---------------------------------------------------------------- shipping options and payment methods

CREATE TABLE shipping_options (
  id       INTEGER PRIMARY KEY,
  store_id INTEGER NOT NULL REFERENCES stores(id),
  uri      TEXT NOT NULL,
  name     TEXT NOT NULL,
  min_days INTEGER,
  max_days INTEGER,
  position INTEGER NOT NULL DEFAULT 0,
  status   TEXT NOT NULL DEFAULT 'active',
  own_currency_id INTEGER REFERENCES currencies(id),   -- what integrations write prices in; NULL: the store's own
  has_own_markets INTEGER NOT NULL DEFAULT 0,          -- 0: every market of its stores
  extra_json TEXT NOT NULL DEFAULT '{}',               -- what integrations keep here and no rule reads
  UNIQUE (store_id, uri)
);
-- The stores that offer an option; shipping_options.store_id is the one it was made for.
CREATE TABLE shipping_option_stores (
  shipping_option_id INTEGER NOT NULL REFERENCES shipping_options(id),
  store_id           INTEGER NOT NULL REFERENCES stores(id),
  PRIMARY KEY (shipping_option_id, store_id)
) WITHOUT ROWID;
CREATE TABLE shipping_option_own_markets (
  shipping_option_id INTEGER NOT NULL REFERENCES shipping_options(id),
  market_id          INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (shipping_option_id, market_id)
) WITHOUT ROWID;
-- Countries to which an option costs the same. A country is in one group of an option at most.
CREATE TABLE shipping_groups (
  id                 INTEGER PRIMARY KEY,
  shipping_option_id INTEGER NOT NULL REFERENCES shipping_options(id)
);
CREATE INDEX shipping_groups_option ON shipping_groups (shipping_option_id);

CREATE TABLE shipping_group_countries (
  shipping_group_id INTEGER NOT NULL REFERENCES shipping_groups(id),
  country_id        INTEGER NOT NULL REFERENCES countries(id),
  PRIMARY KEY (shipping_group_id, country_id)
) WITHOUT ROWID;
-- What it costs from so much on: the total of the goods (hundredths), their number, or their weight (grams).
CREATE TABLE shipping_ranges (
  id                INTEGER PRIMARY KEY,
  shipping_group_id INTEGER NOT NULL REFERENCES shipping_groups(id),
  currency_id       INTEGER NOT NULL REFERENCES currencies(id),
  kind              TEXT NOT NULL DEFAULT 'total' CHECK (kind IN ('total', 'items', 'weight')),
  start             INTEGER NOT NULL DEFAULT 0 CHECK (start >= 0),
  cost              INTEGER CHECK (cost >= 0),
  percent           INTEGER CHECK (percent >= 0)       -- of the total of the goods, beside the cost
);
CREATE INDEX shipping_ranges_group ON shipping_ranges (shipping_group_id);
CREATE VIEW shipping_option_currencies AS
  SELECT DISTINCT g.shipping_option_id, r.currency_id FROM shipping_groups g
  JOIN shipping_ranges r ON r.shipping_group_id = g.id
  UNION SELECT id, own_currency_id FROM shipping_options WHERE own_currency_id IS NOT NULL;

CREATE TABLE payment_methods (
  id                     INTEGER PRIMARY KEY,
  store_id               INTEGER NOT NULL REFERENCES stores(id),
  uri                    TEXT NOT NULL,
  name                   TEXT NOT NULL,
  type                   TEXT NOT NULL,                -- paymentMethodType: dummy, external_payment …
  kind                   TEXT NOT NULL DEFAULT 'cc',   -- cc, inv, 3rd, free, prepaid
  initiate_only          INTEGER NOT NULL DEFAULT 0,
  address_after          INTEGER NOT NULL DEFAULT 0,
  for_gift_certificates  INTEGER NOT NULL DEFAULT 1,
  is_recurring           INTEGER NOT NULL DEFAULT 0,
  position               INTEGER NOT NULL DEFAULT 0,
  status                 TEXT NOT NULL DEFAULT 'active',
  UNIQUE (store_id, uri)
);

-- No row: every country.
CREATE TABLE payment_method_countries (
  payment_method_id INTEGER NOT NULL REFERENCES payment_methods(id),
  country_id        INTEGER NOT NULL REFERENCES countries(id),
  PRIMARY KEY (payment_method_id, country_id)
) WITHOUT ROWID;

CREATE TABLE payment_handling_costs (
  payment_method_id INTEGER NOT NULL REFERENCES payment_methods(id),
  currency_id       INTEGER NOT NULL REFERENCES currencies(id),
  cost              INTEGER NOT NULL CHECK (cost >= 0),
  PRIMARY KEY (payment_method_id, currency_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- customers

-- Per store and e-mail at most one registered and one unregistered customer.
CREATE TABLE customers (
  id            INTEGER PRIMARY KEY,
  store_id      INTEGER NOT NULL REFERENCES stores(id),
  status        TEXT NOT NULL DEFAULT 'active',
  email         TEXT NOT NULL,
  email_key     TEXT NOT NULL,                         -- lower case
  is_registered INTEGER NOT NULL DEFAULT 0,
  password_hash TEXT NOT NULL DEFAULT '',
  sets_new_password INTEGER NOT NULL DEFAULT 0,        -- came from another system: signing in mails a link to set one
  first_name    TEXT NOT NULL DEFAULT '',
  last_name     TEXT NOT NULL DEFAULT '',
  company       TEXT NOT NULL DEFAULT '',
  address1      TEXT NOT NULL DEFAULT '',
  address2      TEXT NOT NULL DEFAULT '',
  zip_code      TEXT NOT NULL DEFAULT '',
  city          TEXT NOT NULL DEFAULT '',
  state         TEXT NOT NULL DEFAULT '',              -- code
  country       TEXT NOT NULL DEFAULT '',              -- code
  phone_number  TEXT NOT NULL DEFAULT '',
  vat_number    TEXT NOT NULL DEFAULT '',
  gender        TEXT NOT NULL DEFAULT '',
  language_id   INTEGER REFERENCES languages(id),
  newsletter    INTEGER NOT NULL DEFAULT 0,
  tax_class_id  INTEGER REFERENCES tax_classes(id),
  market_id     INTEGER REFERENCES markets(id),
  pricelist_id  INTEGER REFERENCES pricelists(id),
  selection_id  INTEGER,                               -- the saved cart
  anonymized_at INTEGER,
  extra_json    TEXT NOT NULL DEFAULT '{}',            -- what integrations keep here and no rule reads
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
);
CREATE UNIQUE INDEX customers_email ON customers (store_id, email_key, is_registered) WHERE anonymized_at IS NULL;

CREATE TABLE consents (
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  key         TEXT NOT NULL,
  consented   INTEGER NOT NULL,
  name        TEXT NOT NULL DEFAULT '',
  text        TEXT NOT NULL DEFAULT '',
  version     TEXT NOT NULL DEFAULT '',
  language    TEXT NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (customer_id, key)
) WITHOUT ROWID;

CREATE TABLE password_resets (
  hash        TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  created_at  INTEGER NOT NULL,
  used_at     INTEGER
) WITHOUT ROWID;

CREATE TABLE wishlists (
  id          INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL UNIQUE REFERENCES customers(id)
);

CREATE TABLE wishlist_items (
  id              INTEGER PRIMARY KEY,
  wishlist_id     INTEGER NOT NULL REFERENCES wishlists(id),
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  created_at      INTEGER NOT NULL,
  UNIQUE (wishlist_id, display_item_id)
);

CREATE TABLE newsletter_subscriptions (
  id              INTEGER PRIMARY KEY,
  store_id        INTEGER NOT NULL REFERENCES stores(id),
  email           TEXT NOT NULL,
  email_key       TEXT NOT NULL,
  country         TEXT NOT NULL DEFAULT '',
  language        TEXT NOT NULL DEFAULT '',
  display_item_id INTEGER NOT NULL DEFAULT 0,          -- interest in a product; 0: none
  product_size_id INTEGER NOT NULL DEFAULT 0,
  consents_json   TEXT NOT NULL DEFAULT '[]',
  created_at      INTEGER NOT NULL,
  UNIQUE (store_id, email_key, display_item_id, product_size_id)
);

CREATE TABLE back_in_stock_subscriptions (
  id              INTEGER PRIMARY KEY,
  store_id        INTEGER NOT NULL REFERENCES stores(id),
  email           TEXT NOT NULL,
  display_item_id INTEGER NOT NULL,
  product_size_id INTEGER NOT NULL,
  country         TEXT NOT NULL,
  state           TEXT NOT NULL DEFAULT '',
  language        TEXT NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  notified_at     INTEGER
);

-- ---------------------------------------------------------------- sessions and selections

CREATE TABLE sessions (
  token            TEXT PRIMARY KEY,
  store_id         INTEGER NOT NULL,
  country_id       INTEGER,
  state_id         INTEGER,
  market_id        INTEGER NOT NULL,
  pricelist_id     INTEGER NOT NULL,
  language_id      INTEGER NOT NULL,
  language_chosen  INTEGER NOT NULL DEFAULT 0,         -- selection.language is null until somebody chose one
  selection_id     INTEGER,
  customer_id      INTEGER,
  campaign_site_id INTEGER,
  affiliate_id     INTEGER,
  last_order_id    INTEGER,
  show_order       INTEGER NOT NULL DEFAULT 0,         -- GET /selection answers the last order until the cart changes
  created_at       INTEGER NOT NULL,
  used_at          INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_selection ON sessions (selection_id) WHERE selection_id IS NOT NULL;

CREATE TABLE selections (
  id                     INTEGER PRIMARY KEY,
  hash                   TEXT NOT NULL UNIQUE,         -- 32 hex digits; the id of the order that it becomes
  store_id               INTEGER NOT NULL,
  status                 TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'ordered', 'dropped')),
  market_id              INTEGER NOT NULL,
  pricelist_id           INTEGER NOT NULL,
  country_id             INTEGER,
  state_id               INTEGER,
  language_id            INTEGER,
  customer_id            INTEGER,
  account_id             INTEGER,                      -- wholesale: an order sheet
  buyer_id               INTEGER,
  delivery_window_id     INTEGER,
  shipping_option_id     INTEGER,
  payment_method_id      INTEGER,
  address_json           TEXT NOT NULL DEFAULT '{}',   -- keys of commerce.model.Address
  shipping_address_json  TEXT NOT NULL DEFAULT '{}',
  has_shipping_address   INTEGER NOT NULL DEFAULT 0,
  additional_notes       TEXT NOT NULL DEFAULT '',
  gift_message           TEXT NOT NULL DEFAULT '',
  newsletter             INTEGER NOT NULL DEFAULT 0,
  consents_json          TEXT NOT NULL DEFAULT '[]',
  additional_fields_json TEXT NOT NULL DEFAULT '{}',
  abandonment_email      INTEGER NOT NULL DEFAULT 0,
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER NOT NULL
);

CREATE TABLE selection_lines (
  id                   INTEGER PRIMARY KEY,
  selection_id         INTEGER NOT NULL REFERENCES selections(id),
  hash                 TEXT NOT NULL UNIQUE,
  display_item_id      INTEGER,                        -- NULL: a gift certificate
  product_size_id      INTEGER,
  quantity             INTEGER NOT NULL CHECK (quantity >= 1),
  comment              TEXT NOT NULL DEFAULT '',
  product_url          TEXT,
  category_id          INTEGER,
  localization_name    TEXT NOT NULL DEFAULT '',
  localized_size       TEXT,
  subscription_plan_id INTEGER,
  gift_certificate_id  INTEGER,
  gift_amount          INTEGER,
  free_voucher_id      INTEGER,                        -- put there by a free-product voucher
  free_price           INTEGER,                        -- what one costs as a free product; NULL: nothing
  gift_stays           INTEGER NOT NULL DEFAULT 0,     -- it stays when its voucher counts no more
  is_kept_gift         INTEGER NOT NULL DEFAULT 0      -- it stayed: until the voucher counts again it costs its price
);
CREATE INDEX selection_lines_selection ON selection_lines (selection_id);

-- What a shopper picked for the sections of a flexible bundle.
CREATE TABLE selection_line_parts (
  selection_line_id INTEGER NOT NULL REFERENCES selection_lines(id) ON DELETE CASCADE,
  bundle_section_id INTEGER NOT NULL,
  position          INTEGER NOT NULL,
  display_item_id   INTEGER NOT NULL,
  product_size_id   INTEGER NOT NULL,
  quantity          INTEGER NOT NULL,
  PRIMARY KEY (selection_line_id, bundle_section_id, position)
) WITHOUT ROWID;

CREATE TABLE selection_vouchers (
  selection_id  INTEGER NOT NULL REFERENCES selections(id),
  voucher_id    INTEGER NOT NULL REFERENCES vouchers(id),
  subvoucher_id INTEGER,                               -- the code that was entered, if it is not the voucher's own
  added_at      INTEGER NOT NULL,
  PRIMARY KEY (selection_id, voucher_id)
) WITHOUT ROWID;

-- What a free-product voucher added and the shopper took out again.
CREATE TABLE selection_declined_gifts (
  selection_id INTEGER NOT NULL REFERENCES selections(id),
  voucher_id   INTEGER NOT NULL REFERENCES vouchers(id),
  variant_id   INTEGER NOT NULL,
  PRIMARY KEY (selection_id, voucher_id, variant_id)
) WITHOUT ROWID;

-- One POST /payment. Only the latest attempt of a selection counts.
CREATE TABLE payment_attempts (
  id                INTEGER PRIMARY KEY,
  ref               TEXT NOT NULL UNIQUE,              -- of the provider's page
  selection_id      INTEGER NOT NULL REFERENCES selections(id),
  payment_method_id INTEGER NOT NULL REFERENCES payment_methods(id),
  order_number      INTEGER NOT NULL,                  -- reserved for the order
  amount            INTEGER NOT NULL,
  currency_id       INTEGER NOT NULL REFERENCES currencies(id),
  trans             TEXT NOT NULL,
  signature         TEXT NOT NULL,
  state             TEXT NOT NULL DEFAULT 'open',      -- open, approved, declined, pending, completed, failed
  capture_mode      TEXT NOT NULL DEFAULT 'ok',        -- how later captures end: ok, fail, hold
  is_current        INTEGER NOT NULL DEFAULT 1,
  return_page       TEXT NOT NULL,
  failed_page       TEXT NOT NULL DEFAULT '',
  data_json         TEXT NOT NULL DEFAULT '{}',
  order_id          INTEGER,
  created_at        INTEGER NOT NULL
);
CREATE INDEX payment_attempts_selection ON payment_attempts (selection_id);

-- ---------------------------------------------------------------- orders

CREATE TABLE orders (
  id                     INTEGER PRIMARY KEY,
  hash                   TEXT NOT NULL UNIQUE,         -- of the selection it was
  number                 INTEGER NOT NULL UNIQUE,
  store_id               INTEGER NOT NULL REFERENCES stores(id),
  status                 TEXT NOT NULL CHECK (status IN
                         ('incomplete', 'pending', 'confirmed', 'processing', 'completed', 'archived', 'cancelled')),
  is_on_hold             INTEGER NOT NULL DEFAULT 0,
  is_waiting_for_payment INTEGER NOT NULL DEFAULT 0,
  has_payment_mismatch   INTEGER NOT NULL DEFAULT 0,
  is_locked              INTEGER NOT NULL DEFAULT 0,
  is_internal            INTEGER NOT NULL DEFAULT 0,
  is_suspect             INTEGER NOT NULL DEFAULT 0,
  market_id              INTEGER NOT NULL REFERENCES markets(id),
  pricelist_id           INTEGER NOT NULL REFERENCES pricelists(id),
  currency_id            INTEGER NOT NULL REFERENCES currencies(id),
  currency_rate_micro    INTEGER NOT NULL DEFAULT 1000000,
  country_id             INTEGER REFERENCES countries(id),
  state_id               INTEGER REFERENCES states(id),
  language_id            INTEGER REFERENCES languages(id),
  allocation_rule_id     INTEGER NOT NULL REFERENCES allocation_rules(id),
  customer_id            INTEGER REFERENCES customers(id),
  account_id             INTEGER,
  buyer_id               INTEGER,
  shipping_option_id     INTEGER REFERENCES shipping_options(id),
  payment_method_id      INTEGER REFERENCES payment_methods(id),
  affiliate_id           INTEGER REFERENCES affiliates(id),
  campaign_site_id       INTEGER REFERENCES campaign_sites(id),
  address_json           TEXT NOT NULL DEFAULT '{}',
  shipping_address_json  TEXT NOT NULL DEFAULT '{}',
  additional_notes       TEXT NOT NULL DEFAULT '',
  internal_comment       TEXT NOT NULL DEFAULT '',
  gift_message           TEXT,
  additional_fields_json TEXT NOT NULL DEFAULT '{}',
  extra_attributes_json  TEXT NOT NULL DEFAULT '{}',   -- attributes from integrations that no attribute type describes
  payment_data_json      TEXT NOT NULL DEFAULT '{}',
  payment_type           TEXT NOT NULL DEFAULT '',     -- of a payment made elsewhere: cc, inv, 3rd, free, prepaid
  payment_provider       TEXT NOT NULL DEFAULT '',     -- and what reports call its method
  ip_address             TEXT NOT NULL DEFAULT '',
  po_number              TEXT NOT NULL DEFAULT '',
  payment_terms_id       INTEGER,
  shipping_terms_id      INTEGER,
  tax_class_id           INTEGER REFERENCES tax_classes(id),
  is_vat_exempt          INTEGER NOT NULL DEFAULT 0,
  extra_json             TEXT NOT NULL DEFAULT '{}',   -- what integrations keep here and no rule reads
  -- totals as they were agreed; grand = items + discount + shipping + handling + added + deducted
  items_total            INTEGER NOT NULL,
  discount_total         INTEGER NOT NULL DEFAULT 0 CHECK (discount_total <= 0),
  shipping_cost          INTEGER NOT NULL DEFAULT 0,
  handling_cost          INTEGER NOT NULL DEFAULT 0,
  tax_added              INTEGER NOT NULL DEFAULT 0,
  tax_deducted           INTEGER NOT NULL DEFAULT 0,
  tax_percent            INTEGER NOT NULL DEFAULT 0,
  is_tax_included        INTEGER NOT NULL DEFAULT 1,
  grand_total            INTEGER NOT NULL CHECK (grand_total >= 0),
  grand_total_tax        INTEGER NOT NULL DEFAULT 0,
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER NOT NULL,
  confirmed_at           INTEGER,
  cancelled_at           INTEGER,
  cancel_at              INTEGER,                      -- to be cancelled if it is not confirmed by then
  preferred_delivery_at  INTEGER,
  estimated_delivery_at  INTEGER,
  last_shipment          INTEGER NOT NULL DEFAULT 0,   -- the highest number a shipment ever had; none is used again
  takes_stock            INTEGER NOT NULL DEFAULT 1,   -- 0: its units wait until somebody allocates them
  -- Another number after every change of the order or of what belongs to it (triggers below); 0 as seeded. Whoever
  -- keeps something that was made from an order keeps it by this.
  revision               INTEGER NOT NULL DEFAULT 0,
  CHECK (grand_total = items_total + discount_total + shipping_cost + handling_cost + tax_added + tax_deducted)
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_account ON orders (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX orders_buyer ON orders (buyer_id) WHERE buyer_id IS NOT NULL;
CREATE INDEX orders_status ON orders (store_id, status, number);
CREATE INDEX orders_created ON orders (store_id, created_at, number);
CREATE INDEX orders_at ON orders (created_at);
CREATE INDEX orders_updated ON orders (updated_at);

-- A bundle is a line with parent_line_id NULL and its parts as child lines; the parts carry the allocations.
CREATE TABLE order_lines (
  id                   INTEGER PRIMARY KEY,
  order_id             INTEGER NOT NULL REFERENCES orders(id),
  parent_line_id       INTEGER REFERENCES order_lines(id),
  bundle_section_id    INTEGER,
  hash                 TEXT NOT NULL,
  display_item_id      INTEGER,
  product_id           INTEGER,
  variant_id           INTEGER,
  product_size_id      INTEGER,
  gift_certificate_id  INTEGER,
  product_name         TEXT NOT NULL,
  variant_name         TEXT NOT NULL DEFAULT '',
  size_name            TEXT NOT NULL DEFAULT '',
  brand_name           TEXT NOT NULL DEFAULT '',
  sku                  TEXT NOT NULL DEFAULT '',
  ean                  TEXT NOT NULL DEFAULT '',
  upc                  TEXT NOT NULL DEFAULT '',
  quantity             INTEGER NOT NULL CHECK (quantity >= 1),
  cancelled_quantity   INTEGER NOT NULL DEFAULT 0,
  price_each           INTEGER NOT NULL,               -- what one piece costs (campaign, plan and item vouchers applied)
  price_each_before    INTEGER NOT NULL,               -- list price
  line_total           INTEGER NOT NULL,               -- of the ordered quantity, before order-level discounts
  discount_share       INTEGER NOT NULL DEFAULT 0,     -- this line's share of order-level discounts (<= 0)
  tax_percent          INTEGER NOT NULL DEFAULT 0,
  is_tax_included      INTEGER NOT NULL DEFAULT 1,
  comment              TEXT NOT NULL DEFAULT '',
  product_url          TEXT,
  category_id          INTEGER,
  localized_size       TEXT,
  localization_name    TEXT NOT NULL DEFAULT '',
  own_price            INTEGER,                        -- of a bundle's part: what it costs alone, each
  campaign_id          INTEGER,
  subscription_plan_id INTEGER,
  delivery_window_id   INTEGER,
  tax_group_id         INTEGER REFERENCES tax_groups(id),  -- NULL: that of the product, else of the store
  CHECK (cancelled_quantity BETWEEN 0 AND quantity)
);
CREATE INDEX order_lines_order ON order_lines (order_id);
CREATE INDEX order_lines_size ON order_lines (product_size_id);

CREATE TABLE order_vouchers (
  order_id          INTEGER NOT NULL REFERENCES orders(id),
  voucher_id        INTEGER NOT NULL REFERENCES vouchers(id),
  subvoucher_id     INTEGER,
  position          INTEGER NOT NULL,
  trigger           TEXT NOT NULL,
  code              TEXT NOT NULL,
  name              TEXT NOT NULL,
  price_off         INTEGER NOT NULL DEFAULT 0,        -- <= 0; 0 when it moved into the item prices
  shipping_off      INTEGER NOT NULL DEFAULT 0,
  expires_at        INTEGER,
  details_json      TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (order_id, voucher_id)
) WITHOUT ROWID;
CREATE INDEX order_vouchers_voucher ON order_vouchers (voucher_id);

CREATE TABLE order_line_discounts (
  order_line_id   INTEGER NOT NULL REFERENCES order_lines(id),
  voucher_id      INTEGER NOT NULL REFERENCES vouchers(id),
  amount          INTEGER NOT NULL,                    -- <= 0, for the whole line
  affected_price  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (order_line_id, voucher_id)
) WITHOUT ROWID;

CREATE TABLE order_taxes (
  order_id INTEGER NOT NULL REFERENCES orders(id),
  name     TEXT NOT NULL,
  percent  INTEGER NOT NULL,
  included INTEGER NOT NULL,
  amount   INTEGER NOT NULL,
  PRIMARY KEY (order_id, percent, name)
) WITHOUT ROWID;

CREATE TABLE order_history (
  id         INTEGER PRIMARY KEY,
  order_id   INTEGER NOT NULL REFERENCES orders(id),
  what       TEXT NOT NULL,
  data_json  TEXT NOT NULL DEFAULT '{}',
  source     TEXT NOT NULL DEFAULT '',
  admin_user_id INTEGER REFERENCES admin_users(id),
  created_at INTEGER NOT NULL
);
CREATE INDEX order_history_order ON order_history (order_id);

-- Units of an order line that are reserved in a warehouse and not shipped.
CREATE TABLE allocations (
  id            INTEGER PRIMARY KEY,
  order_line_id INTEGER NOT NULL REFERENCES order_lines(id),
  warehouse_id  INTEGER NOT NULL REFERENCES warehouses(id),
  quantity      INTEGER NOT NULL CHECK (quantity >= 1),
  shipment_id   INTEGER,                               -- of an uncompleted shipment
  UNIQUE (order_line_id, warehouse_id, shipment_id)
);
CREATE INDEX allocations_line ON allocations (order_line_id);

-- Payment history. type: auth, capture, refund, cancel and their *_request forms; status: success, pending, failed.
CREATE TABLE payment_entries (
  id                INTEGER PRIMARY KEY,
  order_id          INTEGER REFERENCES orders(id),
  selection_id      INTEGER,                           -- an attempt that made no order
  shipment_id       INTEGER,
  return_id         INTEGER,
  payment_method_id INTEGER REFERENCES payment_methods(id),
  type              TEXT NOT NULL,
  status            TEXT NOT NULL,
  amount            INTEGER NOT NULL,
  currency_id       INTEGER NOT NULL REFERENCES currencies(id),
  reference         TEXT NOT NULL DEFAULT '',
  params_json       TEXT NOT NULL DEFAULT '{}',        -- response, external_url: what the provider said of it
  source            TEXT NOT NULL DEFAULT '',          -- from where it was done: `Integration API`, `Centra form` …
  admin_user_id     INTEGER REFERENCES admin_users(id),
  created_at        INTEGER NOT NULL
);
CREATE INDEX payment_entries_order ON payment_entries (order_id);

-- Parts of a shopper's order that are delivered, and charged for, on their own.
CREATE TABLE delivery_groups (
  id                 INTEGER PRIMARY KEY,
  order_id           INTEGER NOT NULL REFERENCES orders(id),
  external_id        TEXT NOT NULL,                    -- of whoever split the order
  name               TEXT NOT NULL,
  shipping_option_id INTEGER REFERENCES shipping_options(id),
  shipping_cost      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (order_id, external_id)
);
CREATE TABLE delivery_group_lines (
  id                 INTEGER PRIMARY KEY,
  delivery_group_id  INTEGER NOT NULL REFERENCES delivery_groups(id),
  order_line_id      INTEGER NOT NULL REFERENCES order_lines(id),
  quantity           INTEGER NOT NULL CHECK (quantity >= 1),
  cancelled_quantity INTEGER NOT NULL DEFAULT 0,
  CHECK (cancelled_quantity BETWEEN 0 AND quantity),
  UNIQUE (delivery_group_id, order_line_id)
);
CREATE INDEX delivery_group_lines_line ON delivery_group_lines (order_line_id);

CREATE TABLE shipments (
  id                     INTEGER PRIMARY KEY,
  order_id               INTEGER NOT NULL REFERENCES orders(id),
  position               INTEGER NOT NULL,             -- number is `<order>-<position>`
  warehouse_id           INTEGER REFERENCES warehouses(id),
  is_good_to_go          INTEGER NOT NULL DEFAULT 0,
  is_paid                INTEGER NOT NULL DEFAULT 0,
  is_captured            INTEGER NOT NULL DEFAULT 0,
  is_shipped             INTEGER NOT NULL DEFAULT 0,
  ships_when_paid        INTEGER NOT NULL DEFAULT 0,   -- marked as sent, and completed as soon as it is paid
  carrier                TEXT NOT NULL DEFAULT '',
  service                TEXT NOT NULL DEFAULT '',
  tracking_number        TEXT NOT NULL DEFAULT '',
  tracking_url           TEXT NOT NULL DEFAULT '',
  return_tracking_number TEXT NOT NULL DEFAULT '',
  return_tracking_url    TEXT NOT NULL DEFAULT '',
  additional_message     TEXT NOT NULL DEFAULT '',
  internal_comment       TEXT NOT NULL DEFAULT '',
  packages               INTEGER NOT NULL DEFAULT 0,   -- 0: nobody said
  weight_milli           INTEGER NOT NULL DEFAULT 0,
  shipping_cost          INTEGER NOT NULL DEFAULT 0,
  handling_cost          INTEGER NOT NULL DEFAULT 0,
  discount               INTEGER NOT NULL DEFAULT 0,
  grand_total            INTEGER NOT NULL DEFAULT 0,
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER NOT NULL,
  good_to_go_at          INTEGER,
  captured_at            INTEGER,
  shipped_at             INTEGER,
  paid_at                INTEGER,                      -- NULL although it is paid: nobody noted when
  paid_amount            INTEGER,                      -- what was paid elsewhere, if not all that it costs
  is_printed             INTEGER NOT NULL DEFAULT 0,   -- somebody has fetched its delivery note
  admin_user_id          INTEGER REFERENCES admin_users(id),
  plugin_id              INTEGER REFERENCES payment_methods(id),  -- the plugin that was named as its shipment method
  delivery_group_id      INTEGER REFERENCES delivery_groups(id),
  internal_cost          INTEGER NOT NULL DEFAULT 0,   -- what sending it cost the shop, in the order's currency
  UNIQUE (order_id, position)
);
CREATE INDEX shipments_created ON shipments (created_at);
CREATE INDEX shipments_open ON shipments (is_good_to_go, created_at) WHERE is_shipped = 0;

CREATE TABLE shipment_lines (
  id            INTEGER PRIMARY KEY,
  shipment_id   INTEGER NOT NULL REFERENCES shipments(id),
  order_line_id INTEGER NOT NULL REFERENCES order_lines(id),
  warehouse_id  INTEGER REFERENCES warehouses(id),
  quantity      INTEGER NOT NULL CHECK (quantity >= 1),
  line_value    INTEGER NOT NULL DEFAULT 0,
  serials_json  TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX shipment_lines_shipment ON shipment_lines (shipment_id);
CREATE INDEX shipment_lines_line ON shipment_lines (order_line_id);

CREATE TABLE returns (
  id               INTEGER PRIMARY KEY,
  shipment_id      INTEGER NOT NULL REFERENCES shipments(id),
  position         INTEGER NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('pending', 'completed')),
  stock_action     TEXT NOT NULL DEFAULT 'original',   -- original, other, none
  warehouse_id     INTEGER REFERENCES warehouses(id),
  return_cost      INTEGER NOT NULL DEFAULT 0,
  shipping_cost    INTEGER NOT NULL DEFAULT 0,
  handling_cost    INTEGER NOT NULL DEFAULT 0,
  voucher_value    INTEGER NOT NULL DEFAULT 0,
  total            INTEGER NOT NULL DEFAULT 0,
  comment          TEXT NOT NULL DEFAULT '',
  is_refunded      INTEGER NOT NULL DEFAULT 0,
  extra_json       TEXT NOT NULL DEFAULT '{}',         -- what integrations keep here and no rule reads
  created_from     TEXT NOT NULL DEFAULT '',           -- `Order API` …
  admin_user_id    INTEGER REFERENCES admin_users(id),
  created_at       INTEGER NOT NULL,
  completed_at     INTEGER,
  UNIQUE (shipment_id, position)
);
CREATE INDEX returns_created ON returns (created_at);

CREATE TABLE return_lines (
  id               INTEGER PRIMARY KEY,
  return_id        INTEGER NOT NULL REFERENCES returns(id),
  shipment_line_id INTEGER NOT NULL REFERENCES shipment_lines(id),
  quantity         INTEGER NOT NULL CHECK (quantity >= 1),
  reason           TEXT NOT NULL DEFAULT '',
  comment          TEXT NOT NULL DEFAULT ''
);
CREATE INDEX return_lines_return ON return_lines (return_id);
CREATE INDEX return_lines_shipment_line ON return_lines (shipment_line_id);

-- Requests to warehouses that check first or must confirm.
CREATE TABLE allocation_requests (
  id            INTEGER PRIMARY KEY,
  order_id      INTEGER NOT NULL REFERENCES orders(id),
  warehouse_id  INTEGER NOT NULL REFERENCES warehouses(id),
  kind          TEXT NOT NULL CHECK (kind IN ('check_first', 'confirm')),
  status        TEXT NOT NULL,   -- sent, allocated, failed, timed-out, confirmed, rejected, outdated
  lines_json    TEXT NOT NULL DEFAULT '[]',
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  expires_at    INTEGER
);
CREATE INDEX allocation_requests_order ON allocation_requests (order_id);

-- ---------------------------------------------------------------- subscriptions

CREATE TABLE subscription_contracts (
  id                    INTEGER PRIMARY KEY,
  store_id              INTEGER NOT NULL REFERENCES stores(id),
  customer_id           INTEGER NOT NULL REFERENCES customers(id),
  order_id              INTEGER REFERENCES orders(id), -- the order that began it
  market_id             INTEGER NOT NULL,
  pricelist_id          INTEGER NOT NULL,
  country_id            INTEGER NOT NULL,
  state_id              INTEGER,
  shipping_option_id    INTEGER,
  payment_method_id     INTEGER,
  payment_status        TEXT NOT NULL DEFAULT 'active' CHECK (payment_status IN ('active', 'pending', 'failed')),
  address_json          TEXT NOT NULL DEFAULT '{}',
  shipping_address_json TEXT NOT NULL DEFAULT '{}',
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL
);

CREATE TABLE subscriptions (
  id                   INTEGER PRIMARY KEY,
  contract_id          INTEGER NOT NULL REFERENCES subscription_contracts(id),
  status               TEXT NOT NULL CHECK (status IN ('active', 'paused', 'cancelled')),
  display_item_id      INTEGER NOT NULL,
  product_size_id      INTEGER NOT NULL,
  quantity             INTEGER NOT NULL CHECK (quantity >= 1),
  subscription_plan_id INTEGER,
  interval_value       INTEGER NOT NULL,               -- copied: later changes of the plan do not matter
  interval_type        TEXT NOT NULL,
  percent              INTEGER NOT NULL DEFAULT 0,
  next_order_at        INTEGER NOT NULL,
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER NOT NULL
);

-- A payment that is being stored for contracts (POST /customer/stored/payment).
CREATE TABLE stored_payments (
  ref               TEXT PRIMARY KEY,
  customer_id       INTEGER NOT NULL REFERENCES customers(id),
  payment_method_id INTEGER NOT NULL REFERENCES payment_methods(id),
  contracts_json    TEXT NOT NULL,
  trans             TEXT NOT NULL,
  signature         TEXT NOT NULL,
  state             TEXT NOT NULL DEFAULT 'open',
  return_page       TEXT NOT NULL,
  failed_page       TEXT NOT NULL DEFAULT '',
  created_at        INTEGER NOT NULL
) WITHOUT ROWID;

-- The first generation (Subscription API): packages and what was registered on them.
CREATE TABLE packages (
  id       INTEGER PRIMARY KEY,
  store_id INTEGER NOT NULL REFERENCES stores(id),
  name     TEXT NOT NULL,
  status   TEXT NOT NULL DEFAULT 'active'
);

CREATE TABLE package_products (
  package_id      INTEGER NOT NULL REFERENCES packages(id),
  display_item_id INTEGER NOT NULL REFERENCES display_items(id),
  position        INTEGER NOT NULL,
  PRIMARY KEY (package_id, display_item_id)
) WITHOUT ROWID;

CREATE TABLE package_amounts (
  package_id   INTEGER NOT NULL REFERENCES packages(id),
  pricelist_id INTEGER NOT NULL REFERENCES pricelists(id),
  amount       INTEGER NOT NULL,
  PRIMARY KEY (package_id, pricelist_id)
) WITHOUT ROWID;

CREATE TABLE package_subscriptions (
  id             INTEGER PRIMARY KEY,
  customer_id    INTEGER NOT NULL REFERENCES customers(id),
  pricelist_id   INTEGER NOT NULL REFERENCES pricelists(id),
  status         TEXT NOT NULL,
  amount         INTEGER NOT NULL,
  interval_value INTEGER NOT NULL,
  interval_type  TEXT NOT NULL,
  next_order_at  INTEGER NOT NULL,
  packages_json  TEXT NOT NULL DEFAULT '[]',
  created_at     INTEGER NOT NULL
);

-- ---------------------------------------------------------------- wholesale

CREATE TABLE payment_terms (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  days        INTEGER NOT NULL DEFAULT 0,
  description TEXT NOT NULL DEFAULT ''
);
CREATE TABLE shipping_terms (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  days        INTEGER NOT NULL DEFAULT 0,
  description TEXT NOT NULL DEFAULT ''
);
CREATE TABLE sales_representatives (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  email   TEXT NOT NULL DEFAULT '',
  kind    TEXT NOT NULL DEFAULT 'sales_rep' CHECK (kind IN ('sales_rep', 'agent')),
  percent INTEGER NOT NULL DEFAULT 0
);
-- Who stands above a sales representative, and what he gets of the commission.
CREATE TABLE master_sales_representatives (
  sales_rep_id INTEGER NOT NULL REFERENCES sales_representatives(id),
  master_id    INTEGER NOT NULL REFERENCES sales_representatives(id),
  percent      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sales_rep_id, master_id)
) WITHOUT ROWID;

CREATE TABLE accounts (
  id                   INTEGER PRIMARY KEY,
  store_id             INTEGER NOT NULL REFERENCES stores(id),
  name                 TEXT NOT NULL,
  status               TEXT NOT NULL DEFAULT 'active',
  market_id            INTEGER NOT NULL REFERENCES markets(id),
  pricelist_id         INTEGER NOT NULL REFERENCES pricelists(id),
  allocation_rule_id   INTEGER REFERENCES allocation_rules(id),
  payment_terms_id     INTEGER REFERENCES payment_terms(id),
  shipping_terms_id    INTEGER REFERENCES shipping_terms(id),
  sales_rep_id         INTEGER REFERENCES sales_representatives(id),
  tax_class_id         INTEGER REFERENCES tax_classes(id),
  vat_number           TEXT NOT NULL DEFAULT '',
  discount_percent     INTEGER NOT NULL DEFAULT 0,
  credit_limit         INTEGER,
  brands_json          TEXT NOT NULL DEFAULT '[]',     -- empty: every brand
  address_json         TEXT NOT NULL DEFAULT '{}',
  shipping_address_json TEXT NOT NULL DEFAULT '{}',
  billing_address_json TEXT NOT NULL DEFAULT '{}',
  comment              TEXT NOT NULL DEFAULT '',
  extra_json           TEXT NOT NULL DEFAULT '{}',     -- what integrations keep here and no rule reads
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER NOT NULL
);

CREATE TABLE buyers (
  id            INTEGER PRIMARY KEY,
  account_id    INTEGER NOT NULL REFERENCES accounts(id),
  email         TEXT NOT NULL,
  password_hash TEXT NOT NULL DEFAULT '',
  first_name    TEXT NOT NULL DEFAULT '',
  last_name     TEXT NOT NULL DEFAULT '',
  status        TEXT NOT NULL DEFAULT 'active',
  receive_email INTEGER NOT NULL DEFAULT 1,
  market_id     INTEGER REFERENCES markets(id),        -- instead of the account's
  pricelist_id  INTEGER REFERENCES pricelists(id),
  address_json  TEXT NOT NULL DEFAULT '{}',
  extra_json    TEXT NOT NULL DEFAULT '{}',            -- what integrations keep here and no rule reads
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
);

CREATE TABLE delivery_window_groups (
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  position INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE delivery_windows (
  id                 INTEGER PRIMARY KEY,
  store_id           INTEGER NOT NULL REFERENCES stores(id),
  name               TEXT NOT NULL,
  status             TEXT NOT NULL DEFAULT 'active',
  is_preorder        INTEGER NOT NULL DEFAULT 0,
  stock_type         TEXT NOT NULL DEFAULT 'stock',
  allocation_rule_id INTEGER REFERENCES allocation_rules(id),
  sales_from         INTEGER,
  sales_until        INTEGER,
  delivery_from      INTEGER,
  delivery_until     INTEGER,
  group_id           INTEGER REFERENCES delivery_window_groups(id),
  position           INTEGER NOT NULL DEFAULT 0,
  extra_json         TEXT NOT NULL DEFAULT '{}'        -- how it is shown to buyers
);
CREATE TABLE delivery_window_markets (
  delivery_window_id INTEGER NOT NULL REFERENCES delivery_windows(id),
  market_id          INTEGER NOT NULL REFERENCES markets(id),
  PRIMARY KEY (delivery_window_id, market_id)
) WITHOUT ROWID;
-- Off what an account buys in a window, instead of its own discount.
CREATE TABLE account_window_discounts (
  account_id         INTEGER NOT NULL REFERENCES accounts(id),
  delivery_window_id INTEGER NOT NULL REFERENCES delivery_windows(id),
  percent            INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 10000),
  PRIMARY KEY (account_id, delivery_window_id)
) WITHOUT ROWID;
CREATE TABLE delivery_window_variants (
  delivery_window_id INTEGER NOT NULL REFERENCES delivery_windows(id),
  variant_id         INTEGER NOT NULL REFERENCES variants(id),
  stock_type         TEXT NOT NULL DEFAULT '',         -- empty: that of the window
  product_limit      INTEGER NOT NULL DEFAULT 0,       -- largest quantities; 0: none
  variant_limit      INTEGER NOT NULL DEFAULT 0,
  limit_json         TEXT,                             -- a limit as the GraphQL API knows it: {value, on, type}
  PRIMARY KEY (delivery_window_id, variant_id)
) WITHOUT ROWID;

CREATE TABLE invoices (
  id             INTEGER PRIMARY KEY,
  store_id       INTEGER REFERENCES stores(id),
  order_id       INTEGER REFERENCES orders(id),
  account_id     INTEGER REFERENCES accounts(id),
  shipment_id    INTEGER REFERENCES shipments(id),
  return_id      INTEGER REFERENCES returns(id),      -- a credit note
  number         TEXT NOT NULL,
  status         TEXT NOT NULL DEFAULT 'unpaid',
  url            TEXT NOT NULL DEFAULT '',            -- where it can be read, if not at our own address
  total          INTEGER NOT NULL,
  total_paid     INTEGER NOT NULL DEFAULT 0,
  document_json  TEXT NOT NULL DEFAULT '{}',           -- texts, addresses and rows as an integration sent them
  currency_id    INTEGER NOT NULL REFERENCES currencies(id),
  due_at         INTEGER,
  admin_user_id  INTEGER REFERENCES admin_users(id),
  created_at     INTEGER NOT NULL
);
CREATE INDEX invoices_shipment ON invoices (shipment_id);
CREATE INDEX invoices_order ON invoices (order_id);
CREATE INDEX invoices_number ON invoices (number);

CREATE TABLE invoice_payments (
  id         INTEGER PRIMARY KEY,
  invoice_id INTEGER NOT NULL REFERENCES invoices(id),
  amount     INTEGER NOT NULL,
  paid_at    INTEGER,
  admin_user_id INTEGER REFERENCES admin_users(id),
  created_at INTEGER NOT NULL
);
CREATE INDEX invoice_payments_invoice ON invoice_payments (invoice_id);

-- Addresses that an account may choose between.
CREATE TABLE account_addresses (
  id           INTEGER PRIMARY KEY,
  account_id   INTEGER NOT NULL REFERENCES accounts(id),
  name         TEXT NOT NULL,
  website_url  TEXT NOT NULL DEFAULT '',
  address_json TEXT NOT NULL DEFAULT '{}',
  carrier_json TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX account_addresses_account ON account_addresses (account_id);

-- People who work in the admin panel, and the accounts that agents among them see.
CREATE TABLE admin_users (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  username   TEXT NOT NULL UNIQUE,
  email      TEXT NOT NULL DEFAULT '',
  status     TEXT NOT NULL DEFAULT 'active',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE TABLE account_agents (
  account_id    INTEGER NOT NULL REFERENCES accounts(id),
  admin_user_id INTEGER NOT NULL REFERENCES admin_users(id),
  PRIMARY KEY (account_id, admin_user_id)
) WITHOUT ROWID;

CREATE TABLE price_alterations (
  id           INTEGER PRIMARY KEY,
  store_id     INTEGER NOT NULL REFERENCES stores(id),
  name         TEXT NOT NULL,
  status       TEXT NOT NULL DEFAULT 'inactive',
  from_at      INTEGER,
  until_at     INTEGER
);
-- What an alteration says products and variants (variant_id 0: every one without a price of its own) will cost; the
-- prices of display items follow from here.
CREATE TABLE altered_prices (
  price_alteration_id INTEGER NOT NULL REFERENCES price_alterations(id),
  pricelist_id        INTEGER NOT NULL REFERENCES pricelists(id),
  product_id          INTEGER NOT NULL REFERENCES products(id),
  variant_id          INTEGER NOT NULL DEFAULT 0,
  price               INTEGER CHECK (price >= 0),
  price_rrp           INTEGER CHECK (price_rrp >= 0),
  PRIMARY KEY (price_alteration_id, product_id, pricelist_id, variant_id)
) WITHOUT ROWID;
CREATE TABLE price_alteration_prices (
  price_alteration_id INTEGER NOT NULL REFERENCES price_alterations(id),
  display_item_id     INTEGER NOT NULL REFERENCES display_items(id),
  pricelist_id        INTEGER NOT NULL REFERENCES pricelists(id),
  price               INTEGER NOT NULL,
  price_rrp           INTEGER,
  PRIMARY KEY (price_alteration_id, display_item_id, pricelist_id)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- suppliers

CREATE TABLE suppliers (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  status      TEXT NOT NULL DEFAULT 'active',
  country_id  INTEGER REFERENCES countries(id),
  currency_id INTEGER REFERENCES currencies(id),
  details_json TEXT NOT NULL DEFAULT '{}'              -- address, terms, comment … as an integration set them
);
CREATE TABLE variant_supplies (
  supplier_id     INTEGER NOT NULL REFERENCES suppliers(id),
  variant_id      INTEGER NOT NULL REFERENCES variants(id),
  cost            INTEGER NOT NULL,                    -- in the supplier's currency
  customs_type    TEXT NOT NULL DEFAULT 'PERCENT',
  customs         INTEGER NOT NULL DEFAULT 0,          -- hundredths of a percent, or of the currency
  PRIMARY KEY (supplier_id, variant_id)
) WITHOUT ROWID;
CREATE TABLE product_suppliers (
  product_id  INTEGER NOT NULL REFERENCES products(id),
  supplier_id INTEGER NOT NULL REFERENCES suppliers(id),
  cost        INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (product_id, supplier_id)
) WITHOUT ROWID;
CREATE TABLE supplier_orders (
  id           INTEGER PRIMARY KEY,
  number       INTEGER NOT NULL UNIQUE,
  supplier_id  INTEGER NOT NULL REFERENCES suppliers(id),
  warehouse_id INTEGER NOT NULL REFERENCES warehouses(id),
  currency_id  INTEGER NOT NULL REFERENCES currencies(id),
  is_confirmed INTEGER NOT NULL DEFAULT 0,
  message      TEXT NOT NULL DEFAULT '',
  details_json TEXT NOT NULL DEFAULT '{}',             -- addresses, terms, comments … as an integration set them
  etd_at       INTEGER,
  eta_at       INTEGER,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
);
CREATE TABLE supplier_order_lines (
  id                 INTEGER PRIMARY KEY,
  supplier_order_id  INTEGER NOT NULL REFERENCES supplier_orders(id),
  product_size_id    INTEGER NOT NULL REFERENCES product_sizes(id),
  quantity           INTEGER NOT NULL,
  delivered_quantity INTEGER NOT NULL DEFAULT 0,
  cost               INTEGER NOT NULL DEFAULT 0,
  customs_type       TEXT NOT NULL DEFAULT 'PERCENT',
  customs            INTEGER NOT NULL DEFAULT 0          -- hundredths of a percent, or of the currency
);
CREATE INDEX supplier_order_lines_size ON supplier_order_lines (product_size_id);
CREATE TABLE supplier_deliveries (
  id                INTEGER PRIMARY KEY,
  supplier_order_id INTEGER NOT NULL REFERENCES supplier_orders(id),
  position          INTEGER NOT NULL,
  status            TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'cancelled')),
  warehouse_id      INTEGER REFERENCES warehouses(id), -- NULL: that of the order
  details_json      TEXT NOT NULL DEFAULT '{}',
  created_at        INTEGER NOT NULL,
  accepted_at       INTEGER,
  UNIQUE (supplier_order_id, position)
);
CREATE TABLE supplier_delivery_lines (
  id                     INTEGER PRIMARY KEY,
  supplier_delivery_id   INTEGER NOT NULL REFERENCES supplier_deliveries(id),
  supplier_order_line_id INTEGER NOT NULL REFERENCES supplier_order_lines(id),
  quantity               INTEGER NOT NULL,
  accepted_quantity      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX supplier_delivery_lines_line ON supplier_delivery_lines (supplier_order_line_id);
-- Units of customer orders that wait for a supplier order.
CREATE TABLE supplier_links (
  id                     INTEGER PRIMARY KEY,
  order_line_id          INTEGER NOT NULL REFERENCES order_lines(id),
  supplier_order_line_id INTEGER NOT NULL REFERENCES supplier_order_lines(id),
  quantity               INTEGER NOT NULL
);
CREATE INDEX supplier_links_line ON supplier_links (supplier_order_line_id);

-- ---------------------------------------------------------------- content, physical stores

CREATE TABLE brick_and_mortars (
  id                   INTEGER PRIMARY KEY,
  name                 TEXT NOT NULL,
  website_url          TEXT,
  address              TEXT,
  longitude            TEXT,
  latitude             TEXT,
  country_id           INTEGER REFERENCES countries(id),
  state_id             INTEGER REFERENCES states(id),
  type_id              INTEGER,
  type_name            TEXT,
  opening_hours_json   TEXT,
  special_hours_json   TEXT,
  email                TEXT,
  phone                TEXT,
  warehouse_id         INTEGER REFERENCES warehouses(id),
  allocation_rule_id   INTEGER REFERENCES allocation_rules(id)
);

CREATE TABLE articles (
  id           INTEGER PRIMARY KEY,
  store_id     INTEGER NOT NULL REFERENCES stores(id),
  uri          TEXT NOT NULL,
  title        TEXT NOT NULL,
  section      TEXT NOT NULL DEFAULT 'pages',
  published_at INTEGER NOT NULL,
  status       TEXT NOT NULL DEFAULT 'active',
  content_json TEXT NOT NULL DEFAULT '{}',             -- the other fields of a CmsArticle
  UNIQUE (store_id, section, uri)
);
CREATE TABLE statics (id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE map_regions (id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, uri TEXT NOT NULL);
CREATE TABLE map_locations (
  id INTEGER PRIMARY KEY, region_id INTEGER NOT NULL REFERENCES map_regions(id), name TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '', latitude TEXT, longitude TEXT
);
CREATE TABLE lookbooks (
  id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, uri TEXT NOT NULL,
  content_json TEXT NOT NULL DEFAULT '{}'
);

-- ---------------------------------------------------------------- integrations

-- Every change, in the order it happened, written in the transaction that made it. The SOAP queue, the events of the
-- GraphQL API and the webhooks read these rows; nobody else invents events.
CREATE TABLE events (
  id          INTEGER PRIMARY KEY,
  object_type TEXT NOT NULL,                           -- order, product, display, stock, customer …
  object_id   INTEGER NOT NULL,
  action      TEXT NOT NULL CHECK (action IN ('created', 'updated', 'deleted', 'completed')),
  data_json   TEXT NOT NULL DEFAULT '{}',
  batch       INTEGER NOT NULL DEFAULT 0,              -- id of the first event of the transaction
  created_at  INTEGER NOT NULL
);
CREATE INDEX events_object ON events (object_type, object_id);

-- What would have been mailed.
CREATE TABLE mails (
  id         INTEGER PRIMARY KEY,
  type       TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  language   TEXT NOT NULL DEFAULT '',
  data_json  TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL
);
CREATE INDEX mails_recipient ON mails (recipient);
CREATE INDEX mails_order ON mails (json_extract(data_json, '$.order'));

CREATE TABLE integrations (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE api_tokens (
  id               INTEGER PRIMARY KEY,
  name             TEXT NOT NULL,
  token            TEXT NOT NULL UNIQUE,
  integration_id   INTEGER REFERENCES integrations(id),
  permissions_json TEXT NOT NULL DEFAULT '[]',
  stores_json      TEXT NOT NULL DEFAULT '[]',
  details_json     TEXT NOT NULL DEFAULT '{}',         -- who has it: organizationName, email, phoneNumber, storeTypes
  expires_at       INTEGER,
  created_at       INTEGER NOT NULL
);
CREATE TABLE external_ids (
  integration_id INTEGER NOT NULL REFERENCES integrations(id),
  object_type    TEXT NOT NULL,
  object_id      INTEGER NOT NULL,
  external_id    TEXT NOT NULL CHECK (length(external_id) BETWEEN 1 AND 255),
  PRIMARY KEY (integration_id, object_type, object_id),
  UNIQUE (integration_id, object_type, external_id)
) WITHOUT ROWID;
CREATE TABLE event_listeners (
  id             INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integrations(id),
  object_type    TEXT NOT NULL,                        -- as the GraphQL API calls it: Order, ProductVariant ...
  change_type    TEXT NOT NULL,
  created_at     INTEGER NOT NULL DEFAULT 0,
  UNIQUE (integration_id, object_type, change_type)
);
-- The queues of the GraphQL API, fed from `events`; the counter `graphql_events_read` says how far.
CREATE TABLE integration_events (
  id             INTEGER PRIMARY KEY,
  integration_id INTEGER NOT NULL REFERENCES integrations(id),
  object_type    TEXT NOT NULL,
  change_type    TEXT NOT NULL,
  object_id      INTEGER NOT NULL,
  reference      INTEGER NOT NULL,                     -- what the API shows: the id, of an order the number
  store_id       INTEGER,
  market_id      INTEGER,
  created_at     INTEGER NOT NULL,
  confirmed_at   INTEGER
);
CREATE INDEX integration_events_open ON integration_events (integration_id, id) WHERE confirmed_at IS NULL;
-- The queue of the SOAP API, fed from `events`; the counter `soap_events_read` says how far. Ids are never used again.
CREATE TABLE soap_events (
  id          INTEGER PRIMARY KEY,
  object_type TEXT NOT NULL,                           -- as that API calls it: order, customer, paymentterm …
  object_id   INTEGER NOT NULL,
  mission     TEXT NOT NULL DEFAULT 'update' CHECK (mission IN ('update', 'delete')),
  created_at  INTEGER NOT NULL,
  done_at     INTEGER
);
CREATE INDEX soap_events_open ON soap_events (id) WHERE done_at IS NULL;

-- ---------------------------------------------------------------- what belongs to what, over several tables

CREATE VIEW order_returns AS
  SELECT s.order_id, r.id AS return_id FROM shipments s JOIN returns r ON r.shipment_id = s.id;
CREATE VIEW order_mails AS
  SELECT o.id AS order_id, m.id AS mail_id FROM orders o
  JOIN mails m ON json_extract(m.data_json, '$.order') = CAST(o.number AS TEXT);
CREATE VIEW shipping_option_markets AS
  SELECT o.id AS shipping_option_id, m.id AS market_id FROM shipping_options o
  JOIN shipping_option_stores s ON s.shipping_option_id = o.id JOIN markets m ON m.store_id = s.store_id
  WHERE NOT o.has_own_markets OR EXISTS (
    SELECT 1 FROM shipping_option_own_markets w WHERE w.shipping_option_id = o.id AND w.market_id = m.id);
CREATE VIEW account_returns AS
  SELECT o.account_id, r.id AS return_id FROM orders o JOIN shipments s ON s.order_id = o.id
  JOIN returns r ON r.shipment_id = s.id WHERE o.account_id IS NOT NULL;
CREATE VIEW buyer_mails AS
  SELECT o.account_id, o.buyer_id, m.id AS mail_id FROM orders o
  JOIN mails m ON json_extract(m.data_json, '$.order') = CAST(o.number AS TEXT) WHERE o.account_id IS NOT NULL
  UNION ALL
  SELECT b.account_id, b.id, m.id FROM buyers b JOIN mails m ON json_extract(m.data_json, '$.buyer') = b.id;
CREATE VIEW customer_mails AS
  SELECT c.id AS customer_id, m.id AS mail_id FROM customers c JOIN mails m ON m.recipient = c.email;
CREATE VIEW shipment_line_allocations AS
  SELECT i.id AS shipment_line_id, a.id AS allocation_id FROM shipment_lines i
  JOIN allocations a ON a.order_line_id = i.order_line_id AND a.shipment_id = i.shipment_id
  AND a.warehouse_id IS i.warehouse_id;

-- ---------------------------------------------------------------- revisions of orders

CREATE TRIGGER orders_changed AFTER UPDATE ON orders WHEN NEW.revision IS OLD.revision BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.id;
END;
CREATE TRIGGER order_lines_added AFTER INSERT ON order_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_vouchers_added AFTER INSERT ON order_vouchers BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_taxes_added AFTER INSERT ON order_taxes BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER payment_entries_added AFTER INSERT ON payment_entries BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER shipments_added AFTER INSERT ON shipments BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER allocations_added AFTER INSERT ON allocations BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM order_lines WHERE id = NEW.order_line_id);
END;
CREATE TRIGGER shipment_lines_added AFTER INSERT ON shipment_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM shipments WHERE id = NEW.shipment_id);
END;
CREATE TRIGGER attribute_values_added AFTER INSERT ON attribute_values WHEN NEW.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.object_id;
END;
CREATE TRIGGER attribute_links_added AFTER INSERT ON attribute_links WHEN NEW.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.object_id;
END;
CREATE TRIGGER order_lines_changed AFTER UPDATE ON order_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_vouchers_changed AFTER UPDATE ON order_vouchers BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_taxes_changed AFTER UPDATE ON order_taxes BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER payment_entries_changed AFTER UPDATE ON payment_entries BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER shipments_changed AFTER UPDATE ON shipments BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.order_id;
END;
CREATE TRIGGER allocations_changed AFTER UPDATE ON allocations BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM order_lines WHERE id = NEW.order_line_id);
END;
CREATE TRIGGER shipment_lines_changed AFTER UPDATE ON shipment_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM shipments WHERE id = NEW.shipment_id);
END;
CREATE TRIGGER attribute_values_changed AFTER UPDATE ON attribute_values WHEN NEW.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.object_id;
END;
CREATE TRIGGER attribute_links_changed AFTER UPDATE ON attribute_links WHEN NEW.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = NEW.object_id;
END;
CREATE TRIGGER order_lines_removed AFTER DELETE ON order_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.order_id;
END;
CREATE TRIGGER order_vouchers_removed AFTER DELETE ON order_vouchers BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.order_id;
END;
CREATE TRIGGER order_taxes_removed AFTER DELETE ON order_taxes BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.order_id;
END;
CREATE TRIGGER payment_entries_removed AFTER DELETE ON payment_entries BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.order_id;
END;
CREATE TRIGGER shipments_removed AFTER DELETE ON shipments BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.order_id;
END;
CREATE TRIGGER allocations_removed AFTER DELETE ON allocations BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM order_lines WHERE id = OLD.order_line_id);
END;
CREATE TRIGGER shipment_lines_removed AFTER DELETE ON shipment_lines BEGIN
  UPDATE orders SET revision = random() WHERE id = (SELECT order_id FROM shipments WHERE id = OLD.shipment_id);
END;
CREATE TRIGGER attribute_values_removed AFTER DELETE ON attribute_values WHEN OLD.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.object_id;
END;
CREATE TRIGGER attribute_links_removed AFTER DELETE ON attribute_links WHEN OLD.object_type = 'order' BEGIN
  UPDATE orders SET revision = random() WHERE id = OLD.object_id;
END;
