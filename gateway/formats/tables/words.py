"""What lines call things: column headers, form labels and the words on rows that are no persons, in the languages of the EU,
Norway, Iceland, Turkey, Russia and Ukraine.

In: nothing. Out: tables from normalised words (`key`) to fields. Seen on UK NMSW, IMO MSW, Seychelles and SPMS files and on
the FAL forms; the other languages are the ordinary words of their passports and ferry tickets. One line a field, `|` between.
"""

import re
from unicodedata import combining, normalize

_SMALL_WORDS = frozenset(
    ("of", "the", "de", "la", "le", "du", "des", "d", "l", "del", "di", "della", "dell", "da", "do", "dos", "das", "den", "het", "van")
)  # fmt: skip
_NUMBERING = re.compile(r"^\s*\d{1,2}(\.\d{1,2})*[.)]?\s+(?=\D)")  # "7. Family name", "1.2 IMO number"
_SIGNS = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """Words to compare: no case, accents, signs, numbering or small words such as "of"."""
    text = _NUMBERING.sub("", text.replace("º", " ").replace("°", " "))  # "N.º", "N° de passeport"
    plain = text.lower() if text.isascii() else _unaccented(text)
    words = [word for word in _SIGNS.sub(" ", plain).split() if word not in _SMALL_WORDS]
    return " ".join(words) or ("#" if "#" in text else "")


def _unaccented(text: str) -> str:
    plain = "".join(char for char in normalize("NFKD", text).casefold() if not combining(char))
    return plain.replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d")


_OURS = re.compile(r"(?:Findings|Corrections) of the passenger-data gateway\b")


def is_ours(text: str | None) -> bool:
    """Whether this opens a sheet or a column that `gateway.answers` added to an earlier copy of the file."""
    return bool(text and _OURS.match(text))


def table(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        field, _, words = line.partition(":")
        for word in words.split("|"):
            found.setdefault(key(word), field.strip())
    return found


COLUMNS = table("""
sequence: no | nr | n | number | # | sr no | srno | serial no | serial number | s no | seq | sequence | sequence number | list number | line no | index | item | pos | position no | row | lp | č | por č | rb | redni broj | zap št | α α | numéro | número | numero | № | № п п | sıra no | sıra | sorszám | nr crt | nr p k | jrk nr | eil nr | löpnummer | løpenummer | lfd nr
family_name: family name | family names | surname | surnames | last name | last names | lastname | familyname | pax name | surname family name | primary identifier | etternavn | slektsnavn | efternamn | efternavn | nachname | familienname | zuname | nom | nom famille | noms | apellido | apellidos | primer apellido | cognome | επώνυμο | apelido | apelidos | sobrenome | nome família | achternaam | familienaam | sukunimi | perekonnanimi | uzvārds | pavardė | nazwisko | příjmení | priezvisko | családi név | vezetéknév | nume | nume familie | nume de familie | фамилия | фамилно име | прізвище | priimek | prezime | kunjom | sloinne | sinloinne | eftirnafn | kenninafn | soyadı | soyad
given_names: given names | given name | forenames | forename | first name | first names | firstname | givenname | givennames | christian names | pax fstn | uxp a fstn | secondary identifier | fornavn | förnamn | vorname | vornamen | prénom | prénoms | nombre | nombres | nombre pila | nome | nomi | nome próprio | nomes próprios | voornaam | voornamen | etunimi | etunimet | eesnimi | vārds | vardas | imię | imiona | jméno | meno | keresztnév | utónév | prenume | име | имя | имена | ім'я | ime | όνομα | isem | ainm | céadainm | eiginnafn | adı | ad
middle_names: middle name | middle names | pax mname | second name | mellomnavn | mellannamn | mellemnavn | segundo nombre | отчество | бащино име | презиме | tweede naam | zweiter vorname | deuxième prénom
full_name: name | full name | name full | name in full | names | passenger name | name passenger | crew name | guest name | pax | passenger | traveller | family name given names | family name given name | family name forenames | family name and given names | family name and given name | family name first name | surname given names | surname given name | surname and given names | surname and forenames | surname forename | surname first name | last name first name | last first name | name surname | name and surname | navn | fullt navn | namn | name vorname | naam | nom prénom | nom et prénom | nom et prénoms | nom prénoms | apellidos nombre | apellidos y nombre | apellidos y nombres | nombre y apellidos | nombre completo | cognome nome | cognome e nome | nome e cognome | nome completo | ονοματεπώνυμο | nimi | nazwisko i imię | imię i nazwisko | jméno a příjmení | příjmení a jméno | meno a priezvisko | név | teljes név | nume și prenume | nume si prenume | фио | фамилия имя | име и фамилия | ime i prezime | prezime i ime | ime in priimek | vārds uzvārds | vardas pavardė | ad soyad | adı soyadı | nafn | ainm iomlán
sex: sex | gender | sex gender | gender sex | m f | kjønn | kön | køn | geschlecht | sexe | genre | sexo | género | sesso | φύλο | geslacht | sukupuoli | sugu | dzimums | lytis | płeć | pohlaví | pohlavie | nem | neme | пол | стать | spol | sess | ġeneru | inscne | gnéas | kyn | cinsiyet | cinsiyeti
birth_date: date of birth | birth date | birthdate | dob | d o b | born | date birth | pax dob | fødselsdato | födelsedatum | född | født | geburtsdatum | geburtstag | geb datum | date de naissance | né e le | née le | fecha de nacimiento | fecha nacimiento | data di nascita | data nascita | nato il | ημερομηνία γέννησης | data de nascimento | geboortedatum | syntymäaika | syntymäpäivä | sünniaeg | sünnikuupäev | dzimšanas datums | gimimo data | data urodzenia | datum narození | dátum narodenia | születési idő | születési dátum | data nașterii | дата на раждане | дата рождения | дата народження | datum rojstva | rojstni datum | datum rođenja | data tat twelid | dáta breithe | fæðingardagur | doğum tarihi
birth_place: place of birth | birth place | birthplace | city of birth | town of birth | pob | fødested | födelseort | födelseplats | geburtsort | lieu de naissance | lugar de nacimiento | luogo di nascita | luogo nascita | τόπος γέννησης | local de nascimento | naturalidade | geboorteplaats | syntymäpaikka | sünnikoht | dzimšanas vieta | gimimo vieta | miejsce urodzenia | místo narození | miesto narodenia | születési hely | locul nașterii | място на раждане | месторождение | место рождения | місце народження | kraj rojstva | mjesto rođenja | post tat twelid | áit bhreithe | fæðingarstaður | doğum yeri | place of birth name
birth_country: country of birth | birth country | fødeland | födelseland | geburtsland | pays de naissance | país de nacimiento | paese di nascita | stato di nascita | χώρα γέννησης | país de nascimento | geboorteland | syntymämaa | sünniriik | dzimšanas valsts | gimimo šalis | kraj urodzenia | země narození | krajina narodenia | születési ország | țara nașterii | страна рождения | doğum ülkesi
birth: date and place of birth | date place of birth | place and date of birth | birth | date et lieu de naissance | fecha y lugar de nacimiento | data e luogo di nascita | luogo e data di nascita | geburtsdatum und ort | geburtsdatum und geburtsort | data i miejsce urodzenia | fødselsdato og sted | födelsedatum och ort
nationality: nationality | nationalities | citizenship | citizen | national | pax nat | nationality code | nasjonalitet | statsborgerskap | nationalitet | medborgarskap | statsborgerskab | staatsangehörigkeit | nationalität | nationalité | nacionalidad | nazionalità | cittadinanza | εθνικότητα | υπηκοότητα | ιθαγένεια | nacionalidade | nationaliteit | kansalaisuus | kodakondsus | rahvus | tautība | pilsonība | valstspiederība | pilietybė | tautybė | obywatelstwo | narodowość | státní příslušnost | národnost | štátna príslušnosť | állampolgárság | nemzetiség | naționalitate | cetățenie | гражданство | национальность | национальноcть | националност | громадянство | državljanstvo | nazzjonalità | ċittadinanza | náisiúntacht | þjóðerni | ríkisfang | uyruğu | uyruk
nationality2: second nationality | nationality 2 | other nationality | nationality2
nationality3: third nationality | nationality 3 | nationality3
residence_country: country of residence | residence country | residence | bostedsland | wohnsitzland | wohnland | pays de résidence | país de residencia | paese di residenza | χώρα διαμονής | país de residência | woonland | asuinmaa | elukohariik | kraj zamieszkania | země bydliště | krajina pobytu | țara de reședință
document.type: type of travel document | type of travel document td | travel document type | td type | document type | type of document | doc type | id type | type of id | kind of document | identity document type | type of identity document | nature type of identity document | nature and type of identity document | id document type | dokumenttype | dokumenttyp | typ dokumentu | dokumentart | art des dokuments | type de document | tipo documento | tipo de documento | tipo di documento | είδος εγγράφου | tipo de documento de viagem | documenttype | soort document | asiakirjan tyyppi | asiakirjatyyppi | dokumendi liik | dokumenta veids | dokumento tipas | rodzaj dokumentu | druh dokladu | typ dokladu | okmány típusa | tip document | tipul documentului | вид документ | вид документа | тип документа | vrsta dokumenta | tip dokumenta | vrsta listine | identity or travel document type
document.nature: nature of identity document | nature of id | nature of document | nature identity document 35 characters or less | nature of travel document
document.other_type: nature of identity document if other | other document type | document type other | td type other
document.number: td number | document number | document no | doc number | doc no | number of document | travel document number | travel document no | travel document | number of travel document | number of identity document | identity document number | number of id | id number | id no | id num | passport no | passport number | passport | passport nr | passport id no | passport id number | passport or id number | passport id | number of passport | uxp a pass | passnummer | pasnummer | passnr | pass nr | reisepassnummer | passport no id no | numéro de passeport | passeport | n passeport | numéro de document | numéro du document | n document | n de document | pasaporte | número de pasaporte | n pasaporte | número de documento | n documento | documento | numero documento | numero di documento | numero passaporto | passaporto | n passaporto | αριθμός διαβατηρίου | διαβατήριο | αριθμός εγγράφου | αριθμός ταξιδιωτικού εγγράφου | número do documento | número do passaporte | paspoortnummer | documentnummer | dokumentnummer | dokumentnr | dokumenta numurs | pases numurs | paso numeris | dokumento numeris | passinumero | passin numero | asiakirjan numero | passi number | dokumendi number | numer paszportu | nr paszportu | numer dokumentu | nr dokumentu | seria i numer dokumentu | číslo pasu | číslo dokladu | číslo cestovního dokladu | číslo cestovného dokladu | útlevélszám | okmányszám | okmány száma | număr pașaport | nr pașaport | număr document | номер паспорта | серия и номер паспорта | номер документа | номер на паспорт | номер на документ | паспорт № | броj паспорта | broj putovnice | broj dokumenta | številka potnega lista | številka dokumenta | numru tal passaport | uimhir phas | vegabréfsnúmer | pasaport no | pasaport numarası | identity or travel document number
document.issuer: td issuing country | td issuing state | country of issue | issuing country | issuing state | state of issue | issue country | issued by country | issuing state of id | issuing state of identity document | issuing state of travel document | issuing country of document | passport country | passport issuing country | document issuing country | document issuing state | country of issuance | place of issue country | utstedelsesland | utstederland | utfärdandeland | utfärdande land | udstedelsesland | ausstellungsland | ausstellerstaat | ausstellender staat | pays de délivrance | pays émetteur | état de délivrance | país de expedición | país emisor | país expedidor | paese di rilascio | stato di rilascio | χώρα έκδοσης | país de emissão | país emissor | land van afgifte | land van uitgifte | myöntömaa | myöntäjämaa | väljaandnud riik | väljaandja riik | izdevējvalsts | išdavusi valstybė | kraj wydania | państwo wydające | stát vydání | země vydání | vydávající stát | štát vydania | krajina vydania | kiállító ország | țara emitentă | stat emitent | държава на издаване | страна выдачи | država izdaje | država izdavanja | zemlja izdavanja | veren ülke | identity or travel document issuing nation
document.expiry: td expiry date | td expiry | date of expiry | expiry date | expiry | expires | expiration date | date of expiration | expiration | valid until | valid to | expiry date of id | expiry date of identity document | expiry date of travel document | passport expiry | passport expiry date | passport expiration date | passport valid until | document expiry | document expiry date | doc expiry | validity | exp date | utløpsdato | gyldig til | utgångsdatum | giltig till | giltigt till | udløbsdato | ablaufdatum | gültig bis | date d'expiration | date expiration | expire le | valable jusqu'au | fecha de caducidad | fecha de vencimiento | fecha de expiración | caducidad | data di scadenza | scadenza | ημερομηνία λήξης | λήξη | data de validade | validade | data de expiração | vervaldatum | geldig tot | viimeinen voimassaolopäivä | voimassa asti | voimassaolo | kehtiv kuni | kehtivuse lõpp | derīguma termiņš | derīgs līdz | galioja iki | data ważności | ważny do | platnost do | datum platnosti | platné do | lejárat | lejárat dátuma | érvényes | data expirării | valabil până la | валиден до | дата на изтичане | срок действия | действителен до | дійсний до | datum poteka | velja do | datum isteka | vrijedi do | data ta skadenza | dáta éaga | gildir til | geçerlilik tarihi | bitiş tarihi | identity or travel document expiry date
document.issued: date of issue | issue date | issued on | passport issue date | document issue date | issued | utstedelsesdato | utfärdandedatum | udstedelsesdato | ausstellungsdatum | ausgestellt am | date de délivrance | fecha de expedición | fecha de emisión | data di rilascio | ημερομηνία έκδοσης | data de emissão | datum van afgifte | afgiftedatum | myöntämispäivä | väljaandmise kuupäev | data wydania | datum vydání | dátum vydania | kiállítás dátuma | data eliberării | дата выдачи | дата на издаване | datum izdaje | datum izdavanja
document.issuer_name: issuing authority | authority | issued by | name of issuing authority | autorité | autorité de délivrance | autoridad | autorità | behörde | ausstellende behörde | organ wydający | кем выдан
document.combined: nature and number of identity document | nature and no of identity document | nature and no of identity document seaman s passport | nature and no of identity document passport or seaman s book | nature no of identity document | type and number of document | type and number of identity document | passport id card type and number
seabook.number: seaman's book | seaman's book no | seaman's book number | seaman book no | seaman book | seamans book no | seamans book number | seamans book | seafarer's book | seafarer's book no | seafarer's book number | seafarers identity document | seafarer identity document | seafarer's identity document number | sid number | discharge book | discharge book no | cdc no | cdc | cdc number | seefahrtbuch | seefahrtsbuch | seemannsbuch | livret maritime | livret professionnel maritime | libreta de embarque | libreta marítima | libretto di navigazione | monsterboekje | sjøfartsbok | sjöfartsbok | søfartsbog | merimieskirja | książeczka żeglarska | ναυτικό φυλλάδιο | паспорт моряка | muster book | musterbook
seabook.expiry: seaman's book expiry | seaman's book expiry date | seamans book expiry | seamans book expiry date | seafarer's book expiry date | seaman's book valid until | cdc expiry | discharge book expiry
seabook.issuer: seaman's book issuing country | seaman's book country of issue | seamans book country of issue | cdc issuing country
seabook.issued: seaman's book issue date | seamans book issue date | cdc issue date
idcard.number: id card number | id card no | id card | identity card number | identity card no | identity card | national id | national id number | national id no | personalausweis | personalausweisnummer | ausweisnummer | carte d'identité | numéro carte d'identité | dni | carta d'identità | identiteitskaart | henkilökortti | dowód osobisty | αριθμός ταυτότητας | ταυτότητα
visa.number: visa number | visa no | visa | visa number if appropriate | visa residence permit number | visa nr | visanummer | numéro de visa | número de visado | visado | numero visto | visto | αριθμός θεώρησης | número do visto | viisumin numero | viisumi number | numer wizy | číslo víza | vízumszám | număr viză | номер визы | номер на виза
visa.expiry: visa expiry | visa expiry date | visa valid until | visa expiration date | date of expiry of visa
visa.issuer: visa issuing country | visa issuing state | visa country of issue | visa country
permit.number: residence permit | residence permit number | residence permit no | aufenthaltstitel | titre de séjour | permiso de residencia | permesso di soggiorno | oppholdstillatelse | uppehållstillstånd
permit.expiry: residence permit expiry | residence permit expiry date | residence permit valid until
permit.issuer: residence permit issuing country | residence permit issuing state
embarkation: port of embarkation | embarkation port | embarkation | embarked at | embarkation port code | port of boarding | boarding port | place of embarkation | embark port | embark | joined at | port joined | uxp a embark | ombordstigningshavn | påstigningshamn | påstigningshavn | ombordstigningshamn | indskibningshavn | einschiffungshafen | einschiffung | port d'embarquement | embarquement | puerto de embarque | porto di imbarco | porto d'imbarco | imbarco | λιμένας επιβίβασης | λιμάνι επιβίβασης | porto de embarque | haven van inscheping | inschepingshaven | laivaannoussatama | laivaannousupaikka | pardalemineku sadam | iekāpšanas osta | įlaipinimo uostas | port zaokrętowania | port wsiadania | přístav nalodění | prístav nalodenia | beszállás kikötője | port de îmbarcare | port îmbarcare | пристанище на качване | порт посадки | pristanišče vkrcanja | luka ukrcaja | biniş limanı
disembarkation: port of disembarkation | port of debarkation | disembarkation port | debarkation port | disembarkation | debarkation | port of landing | place of disembarkation | disembark port | disembark | debark | destination | destination port | ilandstigningshavn | avstigningshavn | avstigningshamn | ilandstigningshamn | udskibningshavn | ausschiffungshafen | ausschiffung | port de débarquement | débarquement | puerto de desembarque | puerto de desembarco | porto di sbarco | sbarco | λιμένας αποβίβασης | λιμάνι αποβίβασης | porto de desembarque | haven van ontscheping | ontschepingshaven | maihinnoususatama | maihinnousupaikka | mahamineku sadam | izkāpšanas osta | išlaipinimo uostas | port wyokrętowania | port wysiadania | přístav vylodění | prístav vylodenia | kiszállás kikötője | port de debarcare | port debarcare | пристанище на слизане | порт высадки | pristanišče izkrcanja | luka iskrcaja | iniş limanı
embarked_at: embarkation date | date of embarkation | embarked on | date joined | joining date | sign on date | sign on | einschiffungsdatum | date d'embarquement | fecha de embarque | data di imbarco
disembarks_on: disembarkation date | debarkation date | date of disembarkation | sign off date | sign off | ausschiffungsdatum | date de débarquement | fecha de desembarque | data di sbarco
transit: transit | transit passenger | transit passenger or not | in transit | intransit | transit y n | transit yes no | transitpassasjer | transitpassagier | durchreise | passager en transit | pasajero en tránsito | tránsito | in transito | transito | passeggero in transito | διερχόμενος | trânsito | kauttakulku | transiit | tranzīts | tranzitas | tranzyt | tranzit | транзит
role: role | person type | passenger type | pax type | passenger or crew | passenger crew | crew passenger | crew or passenger | crew pax | pax crew | type of person | status on board | person category
rank: rank or rating | rank of rating | rank | rank rating | rating | duty | duties | position | operational position | function | job title | occupation | position on board | stilling | grad | befattning | stilling om bord | dienstgrad | dienststellung | funktion | rang | rang oder dienstgrad | grade | grade ou fonction | fonction | qualité | cargo | empleo | rango | categoría | grado | grado o qualifica | qualifica | mansione | βαθμός | ειδικότητα | βαθμός ή ειδικότητα | categoria | posto | função | functie | toimi | arvo | arvo tai tehtävä | tehtävä | ametikoht | auaste | amats | pareigos | stanowisko | stopień | hodnost | funkce | pozice | funkcia | beosztás | rang sau funcție | funcția | funcție | длъжност | должность | посада | čin | funkcija | dužnost | zvanje | görevi | görev | staða
rank_code: rank code | rank or rating code | rating code | crew role code
cabin: cabin | cabin no | cabin number | stateroom | stateroom no | stateroomno | stateroom number | room | lugar | lugarnummer | hytt | hyttnummer | kahyt | kabine | kabinennummer | kabinennr | cabine | numéro de cabine | camarote | cabina | numero cabina | καμπίνα | hut | hutnummer | hytti | hytin numero | kajut | kajutės nr | kajīte | kabina | numer kabiny | kajuta | kajuta číslo | cabină | каюта | kamara
booking_reference: booking reference | booking ref | booking number | booking no | booking | reservation number | reservation no | reservation | pnr | locator | confirmation number | bestillingsnummer | bookingnummer | bokningsnummer | buchungsnummer | reservierungsnummer | numéro de réservation | réservation | número de reserva | localizador | reserva | numero prenotazione | prenotazione | αριθμός κράτησης | κράτηση | boekingsnummer | reserveringsnummer | varausnumero | broneeringu number | rezervācijas numurs | rezervacijos numeris | numer rezerwacji | číslo rezervace | číslo rezervácie | foglalási szám | număr rezervare | номер бронирования | номер на резервация | rezervasyon no
carrier_reference: passenger id | pax id | guest id | passenger reference | folio | folio number | crew id | employee id | employee number | loyalty number
ticket_number: ticket number | ticket no | ticket | billettnummer | biljettnummer | billetnummer | ticketnummer | fahrscheinnummer | numéro de billet | billet | número de billete | billete | numero biglietto | biglietto | αριθμός εισιτηρίου | εισιτήριο | bilhete | lipun numero | lippu | pileti number | biļetes numurs | bilieto numeris | numer biletu | bilet | číslo jízdenky | číslo lístka | jegyszám | număr bilet | номер билета | номер на билет
special_care: special care | special needs | special assistance | special care or assistance | assistance | assistance required | assistance needed | need of special care | prm | special needs code | spesielle behov | særlige behov | särskilda behov | assistans | besondere betreuung | besondere hilfe | hilfebedarf | assistance particulière | besoins particuliers | necesidades especiales | asistencia | asistencia especial | assistenza | assistenza speciale | esigenze particolari | ειδική φροντίδα | ειδικές ανάγκες | assistência especial | necessidades especiais | bijzondere hulp | speciale zorg | erityisavun tarve | avuntarve | erivajadused | īpašas vajadzības | specialūs poreikiai | specjalna opieka | zvláštní péče | osobitná starostlivosť | különleges segítség | asistență specială | специални нужди | особые потребности | posebna pomoč | posebna skrb | special care or assistance description
emergency_contact: emergency contact | emergency contact number | emergency number | emergency phone | contact in emergency | contact number in emergency | contact number in case of emergency | contact number in the event of an emergency | ice contact | next of kin | nødkontakt | nödkontakt | notfallkontakt | notfallnummer | contact d'urgence | numéro d'urgence | contacto de emergencia | teléfono de emergencia | contatto di emergenza | numero di emergenza | επαφή έκτακτης ανάγκης | contacto de emergência | noodcontact | noodnummer | hätäyhteystieto | hätäyhteysnumero | hädaabi kontakt | kontakt alarmowy | nouzový kontakt | núdzový kontakt | vészhelyzeti kapcsolat | contact de urgență | контакт при спешност
phone: phone | phone number | telephone | telephone number | mobile | mobile number | mobile phone | tel | telefon | telefonnummer | téléphone | teléfono | telefono | cellulare | τηλέφωνο | telefone | telefoon | puhelin | puhelinnumero | tālrunis | telefonas | numer telefonu | telefonszám | телефон
email: email | e mail | email address | e mail address | mail | epost | e post | adresse e mail | correo electrónico | sähköposti
vehicle_registration: vehicle registration | vehicle registration number | vehicle reg | vehicle | car registration | registration number | licence plate | license plate | number plate | plate | vrn | registreringsnummer | bilnummer | kennzeichen | kfz kennzeichen | immatriculation | plaque d'immatriculation | matrícula | targa | αριθμός κυκλοφορίας | πινακίδα | kenteken | rekisterinumero | rekisteritunnus | registreerimisnumber | numer rejestracyjny | registrační značka | evidenčné číslo | rendszám | număr înmatriculare | регистрационен номер | госномер | plaka
mrz1: mrz | mrz1 | mrz 1 | mrz line 1 | code mrz1
mrz2: mrz2 | mrz 2 | mrz line 2 | code mrz2
mrz3: mrz3 | mrz 3 | mrz line 3 | code mrz3
remarks: remarks | remark | comments | comment | notes | note | merknad | merknader | anmärkning | bemærkninger | bemerkung | bemerkungen | remarques | observations | observaciones | observações | osservazioni | παρατηρήσεις | opmerkingen | huomautukset | märkused | piezīmes | pastabos | uwagi | poznámka | megjegyzés | observații | забележки | примечание | opombe | napomena
""")  # fmt: skip

LABELS = table("""
vessel.name: name of ship | ship name | ship | ship's name | vessel | vessel name | name of vessel | skip | skipets navn | fartyg | fartygets namn | skib | skibets navn | schiff | schiffsname | name des schiffes | navire | nom du navire | buque | nombre del buque | nave | nome della nave | πλοίο | όνομα πλοίου | navio | nome do navio | schip | naam schip | naam van het schip | alus | aluksen nimi | laev | laeva nimi | kuģis | kuģa nosaukums | laivas | laivo pavadinimas | statek | nazwa statku | loď | jméno lodi | meno lode | hajó | hajó neve | nava | numele navei | кораб | име на кораба | судно | название судна | ladja | ime ladje | brod | ime broda | gemi adı
vessel.imo: imo number | imo no | imo | imo nr | imo ship number | ship imo number | vessel imo | imo ship no | imo nummer | imo numarası | numéro imo | n imo | número imo | numero imo | αριθμός imo | numer imo | číslo imo | номер имо
vessel.call_sign: call sign | callsign | radio call sign | kallesignal | anropssignal | kaldesignal | rufzeichen | indicatif d'appel | distintivo de llamada | distintivo | nominativo internazionale | διεθνές διακριτικό σήμα | indicativo de chamada | roepletters | sygnał wywoławczy | позывной
vessel.mmsi: mmsi | mmsi number | mmsi no
vessel.flag: flag | flag state | flag state of ship | flag of ship | nationality of ship | flagg | flagga | flag stat | flagge | pavillon | bandera | pabellón | bandiera | σημαία | bandeira | vlag | lippu valtio | bandera statku | vlajka | флаг | знаме | ship flag state
voyage.number: voyage number | voyage no | voyage | voyage nr | sailing | sailing number | sailing id | cruise number | trip number | trip | reisenummer | reise nr | reise | resa | rejsenummer | fahrt | fahrtnummer | numéro de voyage | número de viaje | viaje | numero viaggio | viaggio | αριθμός ταξιδιού | número da viagem | reisnummer | matkan numero | numer podróży | číslo cesty | номер рейса
voyage.operator: operator | shipping company | company | carrier | shipping line | line | rederi | reederei | compagnie | naviera | compagnia | εταιρεία | rederij | varustamo | armator
voyage.visit_id: visit id | port call number | call id | port call id | ship stay reference | ship call number
reference: your reference | reference | your reference optional | our reference | list reference
direction: arrival departure to from uk | arrival departure | arrival or departure | direction | context
arrival.port: port of arrival | arrival port | arrival port locode | arrival port code | ankomsthavn | ankomsthamn | ankunftshafen | port d'arrivée | puerto de llegada | porto di arrivo | λιμένας άφιξης | porto de chegada | haven van aankomst | aankomsthaven | tulosatama | port przybycia | přístav příjezdu | порт прибытия
arrival.date: date of arrival | arrival date | ankomstdato | ankomstdatum | ankunftsdatum | date d'arrivée | fecha de llegada | data di arrivo | ημερομηνία άφιξης | data de chegada | aankomstdatum | data przybycia
arrival.time: time of arrival | arrival time | ankomsttid | ankunftszeit | heure d'arrivée | hora de llegada | ora di arrivo
arrival.estimated: eta | estimated time of arrival | date and time of arrival | date time of arrival | estimated arrival | date and time of arrival estimated
arrival.actual: ata | actual time of arrival
departure.port: port of departure | departure port | departure port locode | departure port code | avgangshavn | avgångshamn | afgangshavn | abfahrtshafen | abgangshafen | port de départ | puerto de salida | porto di partenza | λιμένας αναχώρησης | porto de partida | haven van vertrek | vertrekhaven | lähtösatama | port wyjścia | přístav odjezdu | порт отправления
departure.date: date of departure | departure date | sailing date | avgangsdato | avgångsdatum | afgangsdato | abfahrtsdatum | date de départ | fecha de salida | data di partenza | ημερομηνία αναχώρησης | data de partida | vertrekdatum | lähtöpäivä | data wyjścia
departure.time: time of departure | departure time | sailing time | avgangstid | avgångstid | afgangstid | abfahrtszeit | heure de départ | hora de salida | ora di partenza | lähtöaika
departure.estimated: etd | estimated time of departure | date and time of departure | date time of departure | scheduled departure | estimated departure | date and time of departure estimated
departure.actual: atd | actual time of departure | actual departure
this.port: port of arrival departure | port | port of call | port of arrival or departure
this.date: date of arrival departure | date | date of arrival or departure
last_port: last port | last port of call | last port of call locode | port arrived from | arrived from | previous port | previous port of call
next_port: next port | next port of call | next port of call locode | port bound for | bound for
counts.crew: number of crew | total crew | crew on board | total number of crew | no of crew | number of crew on board | number of crew including master
counts.passengers: number of passengers | total passengers | passengers on board | total number of passengers | no of passengers | total pax | number of passengers on board | pax on board
counts.on_board: persons on board | total persons on board | number of persons on board | souls on board | pob | total on board | total souls | total number of persons on board | people on board | persone a bordo | totale persone a bordo | personnes à bord | nombre de personnes à bord | personas a bordo | pessoas a bordo | personen an bord | personen aan boord | personer ombord | personer om bord | antal ombord | antall ombord | henkilöitä aluksella | osoby na pokładzie | επιβαίνοντες
issued: date of list | list date | printed on | printed | created on | date printed
-: name of master | name of master or authorised officer on board | master | master's name | captain | gross tonnage | net tonnage | name of ship agent | agent | agent name | name and contact details of ship's agent | contact number of ship agent | certificate of registry | certificate of registry port date number | position of ship in port | position of the ship in the port berth or station | brief particulars of voyage | brief description of the cargo | remarks | type of ship | ship type | ship registry port | ship registry port name | ship registry | stowaways found | the vessel is in regular scheduled service | regular service identifier | actual maximum draught | vessel breadth | protruding parts description | ship deadweight tonnage | ship length overall | ship gross tonnage | ship net tonnage | itinerary subordinate port name
""")  # fmt: skip
"""Form labels. `this.…` is of the arrival or the departure, as the form's direction says; "-" is on the FAL forms, but no part
of a list of persons; `….date` and `….time` make one time together."""

CREW = re.compile(
    r"\bcrew|\bfal ?5\b|besatzung|mannschaft|equipage|tripula|equipaggio|bemanning|mannskap|besattning|besaetning|besætning"
    r"|miehist|\bzalog|posadk|legenyseg|echipaj|екипаж|экипаж|екіпаж|πληρωμα|\bposad|igul|apkalp|meeskon|ekwipag|\bcriu\b"
    r"|seafarer|murettebat|ahofn"
)
PASSENGERS = re.compile(
    r"passe?n?ge|\bpax\b|\bfal ?6\b|passag|fahrg|reisende|pasajero|passegg|passasj|matkusta|pasazer|cestujic|cestujuc"
    r"|\butas|pasager|път[нн]и|пътни|пассаж|пасаж|επιβατ|putnic|putnik|potnik|keleivi|pasazie|reisija|\bguest|yolcu|farþeg|paisine"
)
"""What says on a tab or in a title whose list it is; matched against `key` of it."""

TOTAL = re.compile(
    r"(grand |sub ?)?(total|totals|totaal|totale|totalt|totali|summe|summa|sum|gesamt|insgesamt|antal|antall|i alt|yhteensa|kokku|kopa"
    r"|is viso|razem|suma|celkem|spolu|celkom|osszesen|συνολο|всего|итого|общо|skupaj|ukupno|toplam|samtals|count|end of list)\b"
)
SIGNATURE = re.compile(
    r"\b(signature|signed|signatory|sign\b|stamp|unterschrift|firma|signature|handtekening|underskrift|allekirjoitus|allkiri|paraksts"
    r"|parasas|podpis|alairas|semnatura|assinatura|υπογραφη|подпис|potpis|imza|master s|authori[sz]ed agent|ship s officer"
    r"|date and signature|printed|page|seite|sida|side \d|stran|pagina|strona)"
)
INSTRUCTION = re.compile(
    r"(enter|use|select|choose|for example|example|e g|eg|only|leave|max|maximum|format|mandatory|optional|required|if|as|see|please"
    r"|must|free text)\b"
)
FORMAT = re.compile(
    r"(dd ?mm ?yy(yy)?|yyyy ?mm ?dd|mm ?dd ?yy(yy)?|jj ?mm ?aaaa|tt ?mm ?jjjj|m f( x)?|y n|yes no|yes or no|an? ?\d{1,3}|text|numeric"
    r"|alphanumeric|free text|mandatory|optional|required|conditional|iso( 3166)?( 1)?( alpha 3| 3)?|un ?locode|locode|p i o)"
)
EXAMPLE = re.compile(
    r"(example|e g|sample|beispiel|exemple|ejemplo|esempio|eksempel|exempel|voorbeeld|esimerkki|przyklad|priklad)\b"
)
FILL_IN = re.compile(r"\b(last|family|first|given|sur) ?names? (ship|passenger|crew|person|master)")
"""Rows that are no persons; matched against `key` of a cell, from its start or anywhere."""

_COLUMNS_OF_NO_FIELD = """age agent bag bags boarded class coach comment deck fare gate group guest kind label leader level loyalty luggage
meal medical price row seat segment source stage status table tier title transfer transport travel type update updated vehicle weight year"""
_FORMS = """dd mm yyyy yy ddmmyyyy yyyymmdd ddmmyy yymmdd jj aaaa tt jjjj hh iso alpha locode unlocode code mandatory optional required
m f x y n"""
_WORDS = frozenset(" ".join((*COLUMNS, *LABELS, _COLUMNS_OF_NO_FIELD, _FORMS)).split())


def is_worded(text: str) -> bool:
    """Whether all words of this are words of headers, so that it can be no person's: it may be shown, and kept readable."""
    return all(word in _WORDS or (word.isdigit() and len(word) <= 2) for word in key(text).replace("#", "").split())
