//! The built-in cue words.
//!
//! A phrase is a run of words; `+` stands for a word that means number (`no.`, `id`, `#`);
//! punctuation inside a phrase must be there exactly; a leading `!` asks for capitals. A weak
//! phrase is a common word that speaks only right beside the value.

use super::CueClass::{self, *};

const STRONG: bool = false;
const WEAK: bool = true;

pub(super) const WORDS: &[(CueClass, bool, &str)] = &[
    (
        Ssn,
        STRONG,
        "pid-19|pid.19|ssn|ssns|ssn +|ssn/tin|ssn/itin|ssn/ein|tin/ssn|ss +|s.s.n|s.s|social security|social security +|social sec|social sec +|soc sec|soc sec +|social +|social is|social on file|social was|socsec|ss card|social security card|!SS|social given|soc security|soc security +|social security account +|social security acct +|soc sec account +|soc sec acct +|ss account +|ss acct +|ssan|ssan +|social security card +|ssn card",
    ),
    (Ssn, WEAK, "social|soc|social,"),
    (
        Dob,
        STRONG,
        "dob|d.o.b|d/o/b|yob|y.o.b|b-date|date of birth|birth date|birthdate|birthdates|birthday|birth day|born|born on|dateofbirth|bday|b-day|birth|birth dt|birthdt|birth time|dt of birth|year of birth|natal date|d o b|d0b|d.0.b|date of blrth|date 0f birth|bdate|date birth|pid-7|pid.7|fecha de nacimiento|fecha nacimiento|fecha de nac|fecha nac|nacimiento|nacido|nacida|dobdate|dobdt|bdt|dobs|birth dates|dates of birth|birthdays|d of b|dtbirth|date of brith|fec nac|f nac|birth month/yr|birth month/year|viable female|viable male|viable infant|came into the world|came into this world|entered this world|entered the world",
    ),
    (Dob, WEAK, "bd|b/d|b."),
    (
        Date,
        STRONG,
        "date|dated|dos|eff|eff date|eff dt|date of current illness|date of illness|date of service|service date|visit date|date of visit|admission date|admit date|admitted|admission|discharge date|discharged|discharge|seen|visit|encounter date|exam date|examined|appointment|appt|follow up|followup|scheduled|surgery|procedure date|surgery date|collected|collection date|received|reported|signed|onset|date of onset|last seen|started|start date|stopped|end date|expires|expiration|exp date|date of death|died|deceased|death|dod|effective|effective date|filled|dispensed|prescribed|performed|study date|report date|date of exam|lmp|edd|due date|vaccinated|immunized|injury|date of injury|doi date|transferred|hospitalized|operated|last visit|next visit|return visit|visited|issued|issue date|printed|created|updated|completed|ordered on|reviewed|diagnosed|evaluated|presented|consult date|entered on|date/time|datetime|timestamp|effective datetime|recorded date|!DT:|!DD:|adm|admit|date of operation|date of procedure|date of surgery|date of consultation|date of evaluation|date of dictation|date of collection|date of report|dictated|admit dt|adm dt|svc dt|service dt|discharge dt|disch dt|dc dt|visit dt|enc dt|proc dt|start dt|end dt|stop dt|appt dt|term dt|fill dt|paid dt|coll dt|onset dt|death dt|created dt|updated dt|admit dates|admission dates|service dates|discharge dates|visit dates|dates of service",
    ),
    (Date, WEAK, "on|since|until|through|from|by|as of|before|after|between|till|thru"),
    // A key of programs, not the number of a person.
    (Other, WEAK, "person id"),
    (
        Mrn,
        STRONG,
        "mrn|mrns|mrn +|cmrn|cmrn +|mr +|m.r.n|med rec|med rec +|medrec|medrec +|medical rec|medical rec +|medical record +|medical record|medical records +|medical chart +|health record +|patient record +|record +|chart +|patient +|patient ident +|pt +|hospital +|hosp +|unit +|mrno|mr no|emr +|ehr +|empi|mpi +|umrn|patient mrn|patient id +|clinic +|patient chart|emrn|case history +|inpatient +|outpatient +|pid-3|pid.3|hrn|hospital record +|patient registration +|master patient index|m.r +|!MR:|hx +|history +|pat +|!U#|chart(s)|charts +|chart nos|wristband +|wrist band +|armband +|med record|med record +|uhid|!U +|resident +|patient file +|nhs +|ur no|smrn|hist no|!HR#|athena id|patient key|pt key|m r n|m r +|patient?identifier|pmrn|pmrn +|mrun|mrun +|mrnbr|mrn nbr|epi +|!EID +|!EID:|enterprise id|enterprise patient +|person +|client number|client no|!H#|ptid|ptid +|!CPI +|pid3|file no.|file number:|second chart|duplicate chart|dup chart",
    ),
    (Mrn, WEAK, "!EID|!EPI|pat key|person key|chart|charts|wristband|wrist band|armband|!MR|patient record|!MPI|!URN"),
    (
        Npi,
        STRONG,
        "npi|npis|npi +|national provider|national provider +|national provider id|provider npi|provider +|!NPI",
    ),
    (
        Dea,
        STRONG,
        "dea|dea +|dea reg|dea registration|dea registration +|dea license +|dea certificate +|drug enforcement|drug enforcement administration +",
    ),
    (
        Icd10,
        STRONG,
        "icd|icd +|icd ind|icd ind 0|fl67|external cause|ext cause|external cause of injury|pdx|sdx|dgns cd|primarydx|principaldx|secondarydx|external cause code|external cause codes|diag|diag +|diag code|diag codes|diag cd|dx cd|diagnosis cd|icd10|icd 10|icd 10 code|icd 10 codes|icd10 code|icd10 codes|icd10cm|icd10 cm|icd10 cm code|icd 10 cm|icd 10 cm code|icd code|icd codes|diagnosis code|diagnosis codes|dx code|dx codes|diagnostic code|diagnostic codes|billing dx|coded as|coded|dx|dxs|ddx|diagnosis|diagnoses|principal diagnosis|primary diagnosis|secondary diagnosis|admitting diagnosis|impression|problem list|condition code|assessment code|medical necessity",
    ),
    (Icd10, WEAK, "code|codes|assessment"),
    (
        Phone,
        STRONG,
        "pid-13|pid.13|phone|phones|phone +|phone1|phone2|tel1|tel2|telephone|telephone +|telephones|tel|tel +|ph|ph +|cell|cell +|cell phone|cell phone +|cellphone|mobile|mobile +|mobile phone|mobile phone +|home phone|home phone +|work phone|work phone +|contact +|contact phone|callback|callback +|call back|call back +|pager|pager +|beeper|voicemail|hotline|helpline|landline|whatsapp|telefono|emergency contact|daytime phone|day phone|sms|telecom|text-to-pay|text sent to|caller id|ani|ani +|!DNIS|msisdn",
    ),
    (
        Phone,
        WEAK,
        "my number|her number|his number|your number|their number|best number|notify|call|called|calling|dial|dialed|text|texted|contact|reach|reached|reachable|ring|page|paged|pharmacy|front desk|office|office +|contacted|work|home|hm|wk|cb|lvm|lvm on|lvm at|alternate|alt +|(p)|!C|!H|!W|p|t|!M",
    ),
    (
        Fax,
        STRONG,
        "fax|fax +|faxed|refax|refaxed|faxing|faxes|facsimile|facsimile +|telefax|fax phone|efax|rightfax|fax line|fax log|fax logs|fax report|fax journal|fax queue|fax activity|fax activity report|fax transmission report|f'd|fax + dialed|fax dialed|fax + called|fax called|faxd",
    ),
    (Fax, WEAK, "f|fx"),
    (Email, STRONG, "email|e mail|mail"),
    (
        Zip,
        STRONG,
        "zip|zips|zip code|zip codes|zipcode|zip/postal|zip/postal code|postal code|postal|postalcode|zip4|zip5|zip9|zip + 4|postcode|post code|zip code of residence",
    ),
    (Zip, WEAK, "address|addr|lives in|resides in|residing in|city"),
    (Url, STRONG, "url|website|web site|portal|link|homepage"),
    (
        Ip,
        STRONG,
        "ip|ip +|ip address|ip addresses|ipv4|ipv6|ip addr|host|hosts|client|source|src|dst|login|logged in|server|gateway|remote|remote addr|workstation|accessed from|x forwarded for|subnet|dns|network|remote address",
    ),
    (
        Mac,
        STRONG,
        "mac|mac address|mac addr|hw address|hwaddr|ethernet|bluetooth|hardware address|wifi|ble|bssid|physical address|wlan|nic|bluetooth address|adapter",
    ),
    (
        Device,
        STRONG,
        "serial +|ser +|serial nbr|serial|serials|s/n|s.n|!SN|!S N +|sn +|device +|device serial|device serial +|device id +|device sn|device identifier|implant +|implant serial|implant serial +|udi|udi +|udi di|unique device identifier|unique device +|imei|imei +|meid|iccid|equipment +|pump +|pump serial|pacemaker +|pacemaker serial|lead serial|generator serial|generator +|icd serial +|icd serial|monitor +|monitor serial|machine +|ventilator +|device imei|cgm serial|transmitter +|transmitter id|sensor +|sensor id|pacemaker sn|pump sn|cpap sn|monitor sn|meter sn|ventilator sn|sensor sn|transmitter sn|generator sn|implant sn|lead sn|unit sn|hearing aid +|hearing aid serial|prosthesis +|stent +|valve serial|cpap serial|cpap +|glucometer serial|product serial|instrument +|unit serial|unit serial +|meter serial|scanner +|handset +|pump serial +|pacemaker serial +",
    ),
    (Device, WEAK, "sn|ser|pacemaker|device|defibrillator|implant|transmitter|hearing aid"),
    (
        CreditCard,
        STRONG,
        "credit card|credit card +|debit card|debit card +|card +|cc|cc +|visa|mastercard|master card|amex|american express|discover|diners|diners club|jcb|payment card|bank card|hsa card|fsa card|card on file|pan|card nbr|creditcard|maestro|unionpay|ccn",
    ),
    (CreditCard, WEAK, "card|cards|credit"),
    (
        Mbi,
        STRONG,
        "mbi|mbi +|mbis|medicare claim +|medicare health insurance claim +|medicare beneficiary|medicare beneficiary +|medicare|medicare +|medicare card|medicare card +|medicare hic|medicare mbi|hi claim +|hi claim|hic claim +|health insurance claim +",
    ),
    (
        Vin,
        STRONG,
        "vin|vin +|v.i.n|vehicle identification|vehicle identification +|vehicle +|vehicle|chassis|chassis +|car vin",
    ),
    (
        Account,
        STRONG,
        "acct|accts|acct +|acct nbr|account +|accounts +|account nbr|acc +|acnt|acnt +|acct to credit|pt ctl +|patient control +|pt control +|pat control +|patient cntl +|pat cntl +|pt cntl +|patient ctrl +|pat ctrl +|pt ctrl +|a/c|a/c +|patient account|patient account +|patient acct|patient acct +|bank account|bank account +|billing account|billing account +|billing acct|billing +|hospital account|hospital account +|hospital acct +|checking account|checking account +|savings account|savings account +|guarantor account|guarantor account +|guarantor +|fin|fin +|financial +|har|har +|iban|account holder|financial account +|pt acct|pt acct +|pid-18|pid.18|ledger +|customer +|client account +",
    ),
    (Account, WEAK, "account|accounts|billing"),
    (
        Plan,
        STRONG,
        "member +|members +|cardmember +|!MA +|member|mbr +|member card|member card +|subscriber|subscriber +|insured +|insured's +|policy +|policyholder +|policy holder +|insurance +|insurance policy|insurance policy +|insurance member +|insurance card|insurance card +|ins +|ins policy +|insurer +|health plan|health plan +|health insurance|health insurance +|healthplan +|plan +|plan member +|beneficiary|beneficiary +|health plan beneficiary +|health plan member +|medicaid|medicaid +|medi-cal|medi-cal +|hicn|hic +|hic|enrollee|enrollee +|group +|grp +|group policy +|group's +|policy group or feca number|ins id card|insurance id card|coverage +|contract +|certificate of coverage +|tricare|tricare +|payer member +|insurance group +|subscriber member +|recipient +|dependent +|champva +|family plan +|benefits +|rx member +|aetna +|aetna|cigna +|cigna|humana +|humana|bcbs +|bcbs|blue cross +|blue shield +|blue cross|blue shield|anthem +|anthem|uhc +|uhc|unitedhealthcare +|unitedhealthcare|united healthcare +|united healthcare|kaiser +|kaiser|cardholder +|cardholder id|mem +|subs +|subscr +|sub +|delta dental +|metlife +|eyemed +|vsp +|mcd +|mcaid +|insured's unique +|insured's unique identifier|medicaid rid|insured's i.d +|insured i.d +|pol +|!CIN +|medicaid cin|medicaid recipient +|medigap policy|medigap policy +|molina +|medica +|medigap +|masshealth +|ahcccs +|tenncare +|badgercare +|ambetter +|centene +|wellcare +|highmark +|tufts +|oscar +|premera +|healthpartners +|health partners +|harvard pilgrim +|amerigroup +|caresource +|geisinger +|emblemhealth +|regence +|carefirst +|oxford health +|hcsc +|peachcare +|healthfirst +|healthnet +|health net +|scan health +|denti-cal +|hmo +|ppo +|epo +|part c id|part d id|certificate holder +|id on the card|id on card|id number on the card|id number on my card|id on my card|id on her card|id on his card|id on the insurance card|id on my insurance card|number on my insurance card|number on the insurance card|!DBN|health card|bene id|delta id|payor id card|payer id card|member id card|plan id card|health id card|member cert +|member certificate +|supplement id|policy, +|!CHIP +|medicaid card +|recip +|pdp +|adap +|cshcs +|waiver id|insurance certificate +|insurance cert +|group certificate +|group cert +|policy certificate +|ghi +",
    ),
    (
        Plan,
        WEAK,
        "!CIN|!MCD|!CHIP|mbr|group is|aarp,|cardholder|policyholder|policy|group|rx grp|rx group|grp|insurance|ins|insured|molina|medica|medigap|masshealth|ahcccs|tenncare|badgercare|ambetter|centene|wellcare|highmark|tufts|oscar|premera|healthpartners|health partners|harvard pilgrim|amerigroup|caresource|geisinger|emblemhealth|regence|carefirst|oxford health|hcsc|peachcare|healthfirst|healthnet|health net|scan health|bcbsma|bcbsil|bcbstx|bcbsnc|bcbsfl|bcbsm|bcbsmn|bcbsaz|bcbssc|bcbstn|bcbsal|bcbsla|bcbsks|bcbskc|bcbsne|bcbsri|bcbsvt|bcbsnm|bcbsok|bcbsmt|bcbsnd|aarp|mutual of omaha|united of omaha|umr|geha|mhbp|nalc|excellus|fidelis care|metroplus|priority health|medical mutual|iehp|caloptima|upmc health plan|selecthealth|select health|pacificsource|ucare|devoted health|clover health|bright health|alignment health|healthspring|medi-share|meritain|superior healthplan|soonercare|badgercare plus|hoosier healthwise|kancare|apple health|husky health|dentaquest|assurant|united american|physicians mutual|bankers fidelity|mcaid|gp|gp +|silverscript|medex|cdphp|bluecross|blueshield|bluecare|florida blue|independence blue cross|empire bcbs|blue care network|wellmark|united concordia|dentegra|davis vision|express scripts|optumrx|optum rx|caremark|medimpact|navitus|navitus|nj familycare|familycare|mainecare|healthy michigan|health first colorado|healthy indiana plan|arkids|famis|child health plus|starkids|florida kidcare|kidcare|amerihealth|buckeye health|wellsense|hmsa|connecticare|avmed|careplus|usfhp|molina healthcare|kaiser permanente|humana gold plus|humana gold|aetna better health|uhc community plan|unitedhealthcare community plan|united healthcare community plan|united health care|tufts health plan|wellpoint|unicare|optum|ameritas|liberty dental|keystone first|amerihealth caritas|sunshine health|horizon nj health|univera|independent health|moda health|carelon|healthy blue|preferredone|simply healthcare|peoples health|star kids|magellan|triwest|humana military|aflac|superior vision|spectera",
    ),
    (
        License,
        STRONG,
        "driver's license|driver's license +|driver license|driver license +|drivers license|drivers license +|driver's licence|driver's licence +|drivers licence|driver licence|driver licence +|driver's lic|driver's lic +|driver lic|driver lic +|drivers lic|drivers lic +|drivers' license|driving license|driving licence|driving licence +|driving license +|!DL|dl +|dln|dlno|d.l|d.l +|oln|oln +|d/l|license +|licence +|lic +|licenses +|license nbr|medical license|medical license +|state license|state license +|nursing license|nursing license +|rn license|rn license +|rn lic +|state lic|state lic +|medical lic|medical lic +|med lic|med lic +|nursing lic +|prof lic +|lic nbr|lpn license|lpn license +|md license|md license +|professional license|professional license +|pharmacist license|pharmacist license +|physician license|physician license +|certificate +|cert +|certification +|board certification +|passport|passport +|state id|state id +|permit +|registration certificate +|birth certificate +|license plate|license plate +|plate +|credential +|cdl|cdl +|id card +|green card +|visa number|alien registration +|lcsw +|lpn +|lmft +|lmhc +|rph +|acls card +|bls card +|cna +|cna cert|cna cert +|rn +|lpc +|lpcc +|lcpc +|ladc +|lcadc +|lmsw +|licsw +|lisw +|pa-c +|otr/l +|ccc-slp +|slp +|crna +|aprn +|bcba +|lmt +|notary commission +|state file +|!CDS +|controlled substance +|controlled substance registration +|controlled substances registration +|state id card|driver licenses|drivers licenses|driver's licenses|certificate of disability +|certificate of death +|certificate of birth +|state csr|state csr +",
    ),
    (License, WEAK, "dl|certification|license|licence|licenses|licences|lic|certificate|licensed|permit|plate"),
    (
        Age90,
        STRONG,
        "age at death|age|aged|ages|age in years|age years|age/sex|age/gender|will turn|turned|turning|turns",
    ),
    (
        Age90,
        WEAK,
        "she is|he is|patient is|pt is|she's|he's|shes|hes|died at|dead at|deceased at|passed at|passed away at|lived to be|lived to|lived until|alive at|living at|still living at",
    ),
    (
        Other,
        STRONG,
        "order +|orders +|surg path acc +|path acc +|pathology acc +|accession|accession +|acc no|access no|lot|lot +|lots|lot/batch|batch|batch +|ref +|reference +|case +|case no|claim|claim +|claims|claim nbr|clm|clm +|clm nbr|ptan|ptan +|invoice|invoice +|inv +|ticket|ticket +|incident +|model|model +|part +|p/n|catalog|catalog +|cat +|sku|upc|ndc|ndc +|cpt|cpt +|cpt code|cpt codes|hcpcs|hcpcs code|procedure code|loinc|loinc code|snomed|snomed ct|snomed code|rxnorm|rxcui|cui|clia|clia +|tracking|tracking +|confirmation|confirmation +|conf +|study +|trial|trial +|nct|protocol +|specimen|specimen +|sample +|barcode|barcode +|p.o|po +|purchase order|purchase order +|uuid|guid|hash|sha|sha1|sha256|md5|commit|checksum|doi|pmid|pmcid|isbn|issn|grant +|encounter +|visit +|rx +|rx|prescription +|taxonomy|taxonomy code|ein|ein +|tin|tin +|itin|itin +|fein|tax id|tax id +|tax +|taxpayer +|employer identification +|employer +|routing|routing +|aba|aba +|swift|requisition|requisition +|req +|form +|room|room +|bed|bed +|extension +|ext|job +|task +|bug|issue +|pull request|request +|transaction +|transaction|txn|check +|cheque +|trace +|session +|message +|msg +|error code|returned code|error|queue +|locker|badge +|employee +|kit +|cartridge +|reagent|tube +|slide +|block +|panel +|test +|result +|auth +|authorization|authorization +|prior auth|prior auth +|prior authorization +|referral +|approval +|gene|variant|rs|chr|chromosome|genbank|build +|revision +|document +|doc +|file +|item +|product +|series +|population seed|seed|receipt +|voucher|coupon|parcel|shipment +|container +|ccd|oid|icd 9|apartment|apt|suite|unit|po box|p.o. box|box|zip file|zip files|zip folder|zip archive|zip lock|ziplock|zip bag|zip bags|zip tie|zip ties|error codes|alarm code|alarm codes|fault code|fault codes|cdt|icd ind 9|cdt code|cdt codes|hcpcs codes|remark code|remark codes|denial code|denial codes|reject code|rejection code|status code|status codes|reason code|reason codes|carc|rarc|revenue code|exit code|response code|return code|exam code|adjustment code|barcodes|barcode scanned|barcodes scanned|eft|eft +|eft trace|icn|icn +|claim icn|dcn|dcn +|hospital policy|hospital policy +|work permit|work permit +|x509 serial|x509 serial +|soa serial|soa serial +|zone serial +|cert serial|cert serial +|certificate serial|certificate serial +|pci +|pci device|pci device +|aws account|aws account +|aws acct|azure account|azure account +|gcp account|cloud account +|csn|policy manual|nursing policy|facility policy|department policy|reorder|reorder +|asset tag|asset tag +|asset tags|asset +|assets +|inventory tag|inventory tag +|inventory +|property tag|property tag +|gl account|gl account +|gl acct|gl acct +|g/l account|g/l account +|acct code|gl code",
    ),
    (
        Other,
        WEAK,
        "!PO|order|orders|case|ref|reference|claim|study|part|sample|request|encounter|form|cat|protocol|grant|fee|dose|weight|total|count|volume|cost|price|amount|balance|paid|charge|copay|usd|fiscal|budget|population|per|approximately|approx|about|nearly|roughly|over|than|item|items|catalogue|stage|auth|tx plan|treatment plan|birth weight|birthweight|birth wt|birth control|birth order|birth defect|birth defects|birth trauma|birth plan",
    ),
    (
        Version,
        STRONG,
        "version|versions|ver|firmware|firmware version|software|software version|release|build|rev|revision|v|fw|sw|driver version|oid|object identifier|section|chapter|step|schema|fhir version|protocol version|kernel|chrome|firefox|safari|mozilla|applewebkit|edge|dicom|appendix|paragraph|clause|app|sections|chapters|paragraphs|clauses|nfpa|citrix|vda|windows|ios|android|macos|epic client",
    ),
];

/// Identifiers of programs are both in one: `patientDob`, `homeZip`.
pub(super) const WHOSE: [&str; 14] = [
    "set",
    "with",
    "patient",
    "pat",
    "pt",
    "member",
    "subscriber",
    "insured",
    "guarantor",
    "home",
    "work",
    "provider",
    "prescriber",
    "billing",
];
pub(super) const WHAT: [(CueClass, &str); 16] = [
    (Zip, "zipcode"),
    (Zip, "postalcode"),
    (Phone, "phonenumber"),
    (Plan, "memberid"),
    (Account, "accountnumber"),
    (Dob, "dob"),
    (Dob, "birthdate"),
    (Dob, "dateofbirth"),
    (Ssn, "ssn"),
    (Mrn, "mrn"),
    (Npi, "npi"),
    (Dea, "dea"),
    (Zip, "zip"),
    (Phone, "phone"),
    (Fax, "fax"),
    (Fax, "faxnumber"),
];

/// What may be numbered in the name of a variable: `dx1=R079`, `DX2: K219`.
pub(super) const NUMBERED: [&str; 9] =
    ["dx", "diag", "diagnosis", "dxcode", "diagcode", "diagnosiscode", "dx cd", "diag cd", "dgns cd"];
/// A claim has no more of them.
pub(super) const NUMBERS: u32 = 25;
