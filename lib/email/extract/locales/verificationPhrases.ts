import { list } from '../../reply/locales/list';

/**
 * What mails say that bring a one-time code or a link to confirm something, by language. All in lower case; compared with
 * text in lower case whose white space is single blanks, from the beginning of a word on, so that endings may follow.
 */
export interface VerificationPhrases {
	/** ISO 639 code. */
	language: string;
	/** Beside these stands a code. */
	code: readonly string[];
	/** Kinds of code that are none for signing in: the word before `code` in a shop's or carrier's mail. */
	otherCode: readonly string[];
	/** Label of a link that confirms an address or activates an account. */
	verify: readonly string[];
	/** Label of a link that sets a new password. */
	reset: readonly string[];
	/** Label of a link that signs in by itself. */
	signIn: readonly string[];
}

export const VERIFICATION_PHRASES: readonly VerificationPhrases[] = [
	{
		language: 'en',
		code: list`
			verification code | confirmation code | security code | one-time code | one time code | one-time password |
			one time password | one-time passcode | one time passcode | one-time pin | login code | log-in code | sign-in code |
			sign in code | signin code | access code | authentication code | authorization code | activation code | passcode |
			your code | the code is | code is | this code | following code | code below | code to | 2fa code | two-factor code |
			two-step code | otp | pin code | pin is | code:
		`,
		otherCode: list`
			promo | promotion | promotional | discount | coupon | voucher | gift | zip | postal | country | area | booking |
			tracking | error | source | qr | referral | dress | tax | sort | swift | invite
		`,
		verify: list`
			verify your email | verify email | verify my email | verify your account | verify account | verify your address |
			verify now | verify it | verify address | confirm your email | confirm email | confirm my email | confirm your account |
			confirm account | confirm my account | confirm your address | confirm your subscription | confirm subscription |
			confirm your registration | confirm registration | confirm now | activate your account | activate account |
			activate my account | complete your registration | complete registration | complete your sign | validate your email |
			finish signing up | accept invitation | accept the invitation | accept invite
		`,
		reset: list`
			reset your password | reset password | reset my password | set a new password | set your password | set new password |
			choose a new password | create a new password | change your password | change password | password reset
		`,
		signIn: list`
			sign in | log in | login | magic link | sign-in link | login link | log me in | continue to sign
		`,
	},
	{
		language: 'de',
		code: list`
			bestätigungscode | verifizierungscode | sicherheitscode | einmalcode | einmal-code | einmalpasswort |
			einmal-passwort | einmalkennwort | anmeldecode | anmelde-code | login-code | zugangscode | aktivierungscode |
			authentifizierungscode | freischaltcode | ihr code | dein code | folgenden code | der code lautet | code lautet |
			prüfcode | pin lautet | tan lautet | ihre tan | ihre pin
		`,
		otherCode: list`rabatt | gutschein | aktions | gutscheincode | rabattcode | postleit | buchungs | sendungs | qr | fehler`,
		verify: list`
			e-mail-adresse bestätigen | e-mail bestätigen | email bestätigen | e-mail-adresse verifizieren |
			e-mail verifizieren | adresse bestätigen | konto bestätigen | konto aktivieren | account aktivieren |
			benutzerkonto aktivieren | anmeldung bestätigen | registrierung bestätigen | registrierung abschließen |
			jetzt bestätigen | jetzt aktivieren | newsletter-anmeldung bestätigen | abonnement bestätigen |
			bestätigen sie ihre | bestätige deine | aktivieren sie ihr | einladung annehmen
		`,
		reset: list`
			passwort zurücksetzen | kennwort zurücksetzen | neues passwort | neues kennwort | passwort ändern |
			passwort festlegen | kennwort ändern | passwort vergeben
		`,
		signIn: list`jetzt anmelden | anmelden | einloggen | jetzt einloggen | anmeldelink | login-link`,
	},
	{
		language: 'fr',
		code: list`
			code de vérification | code de verification | code de confirmation | code de sécurité | code de securite |
			code à usage unique | code d'accès | code d’accès | code d'activation | code d’activation | code d'authentification |
			code d’authentification | code de connexion | code de validation | mot de passe à usage unique | votre code |
			ton code | le code suivant | code suivant
		`,
		otherCode: list`promo | réduction | remise | cadeau | postal | promotionnel | réservation`,
		verify: list`
			vérifier mon adresse | vérifier votre adresse | vérifiez votre adresse | vérifier mon e-mail | vérifier l'adresse |
			vérifier votre e-mail | confirmer mon adresse | confirmer votre adresse | confirmez votre adresse |
			confirmer mon e-mail | confirmer mon email | confirmer mon inscription | confirmer votre inscription |
			confirmez votre inscription | confirmer mon compte | activer mon compte | activer votre compte |
			activez votre compte | valider mon compte | valider mon adresse | valider mon inscription | finaliser mon inscription |
			accepter l'invitation | accepter l’invitation
		`,
		reset: list`
			réinitialiser mon mot de passe | réinitialiser votre mot de passe | réinitialiser le mot de passe |
			réinitialisez votre mot de passe | nouveau mot de passe | changer de mot de passe | modifier mon mot de passe
		`,
		signIn: list`se connecter | me connecter | connectez-vous | lien de connexion | connexion`,
	},
	{
		language: 'es',
		code: list`
			código de verificación | codigo de verificacion | código de confirmación | código de seguridad |
			código de un solo uso | código de acceso | código de activación | código de autenticación |
			código de inicio de sesión | contraseña de un solo uso | clave de un solo uso | clave temporal | tu código |
			su código | siguiente código | el código es
		`,
		otherCode: list`promocional | descuento | postal | regalo | reserva | seguimiento`,
		verify: list`
			verificar mi correo | verificar correo | verifica tu correo | verifique su correo | verificar tu correo |
			verificar mi cuenta | verifica tu cuenta | confirmar mi correo | confirmar correo | confirma tu correo |
			confirme su correo | confirmar mi cuenta | confirmar cuenta | confirmar tu cuenta | confirmar suscripción |
			confirmar mi suscripción | confirmar registro | confirma tu registro | activar mi cuenta | activar cuenta |
			activa tu cuenta | activar su cuenta | completar registro | validar mi correo | aceptar invitación | aceptar la invitación
		`,
		reset: list`
			restablecer contraseña | restablecer mi contraseña | restablecer la contraseña | restablecer tu contraseña |
			cambiar contraseña | cambiar mi contraseña | nueva contraseña | crear una nueva contraseña
		`,
		signIn: list`iniciar sesión | inicia sesión | acceder | enlace de acceso | entrar`,
	},
	{
		language: 'it',
		code: list`
			codice di verifica | codice di conferma | codice di sicurezza | codice monouso | codice di accesso |
			codice di attivazione | codice di autenticazione | codice temporaneo | password monouso | codice otp | il tuo codice |
			il suo codice | seguente codice | il codice è
		`,
		otherCode: list`promo | promozionale | sconto | regalo | postale | prenotazione | fiscale`,
		verify: list`
			verifica il tuo indirizzo | verifica la tua email | verifica email | verifica indirizzo | verifica account |
			verifica il tuo account | conferma il tuo indirizzo | conferma la tua email | conferma email | conferma indirizzo |
			conferma account | conferma la registrazione | conferma registrazione | conferma iscrizione | conferma l'iscrizione |
			attiva il tuo account | attiva account | attiva l'account | completa la registrazione | accetta invito | accetta l'invito
		`,
		reset: list`
			reimposta password | reimposta la password | reimposta la tua password | ripristina password | nuova password |
			cambia password | crea una nuova password
		`,
		signIn: list`accedi | accedi ora | link di accesso | entra`,
	},
	{
		language: 'pt',
		code: list`
			código de verificação | codigo de verificacao | código de confirmação | código de segurança | código de uso único |
			código de acesso | código de ativação | código de autenticação | código de login | senha de uso único |
			senha descartável | seu código | o teu código | seguinte código | o código é
		`,
		otherCode: list`promocional | desconto | postal | presente | reserva | rastreamento`,
		verify: list`
			verificar e-mail | verificar email | verificar meu e-mail | verifique seu e-mail | verificar o e-mail |
			verificar conta | confirmar e-mail | confirmar email | confirmar meu e-mail | confirme seu e-mail |
			confirmar o meu email | confirmar conta | confirmar minha conta | confirmar cadastro | confirmar inscrição |
			confirmar subscrição | ativar conta | ativar minha conta | ative sua conta | ativar a minha conta |
			concluir cadastro | validar e-mail | aceitar convite
		`,
		reset: list`
			redefinir senha | redefinir minha senha | redefinir a senha | redefinir palavra-passe | repor palavra-passe |
			nova senha | alterar senha | criar nova senha | nova palavra-passe
		`,
		signIn: list`entrar | iniciar sessão | fazer login | link de acesso | acessar`,
	},
	{
		language: 'nl',
		code: list`
			verificatiecode | bevestigingscode | beveiligingscode | eenmalige code | eenmalig wachtwoord | inlogcode |
			toegangscode | activeringscode | activatiecode | authenticatiecode | je code | jouw code | uw code | volgende code |
			de code is
		`,
		otherCode: list`korting | kortings | cadeau | postcode | actie | boekings`,
		verify: list`
			e-mailadres bevestigen | e-mail bevestigen | bevestig je e-mail | bevestig uw e-mail | e-mailadres verifiëren |
			verifieer je e-mail | verifieer uw e-mail | account bevestigen | account activeren | activeer je account |
			activeer uw account | inschrijving bevestigen | aanmelding bevestigen | registratie voltooien | nu bevestigen |
			uitnodiging accepteren
		`,
		reset: list`
			wachtwoord opnieuw instellen | wachtwoord herstellen | wachtwoord wijzigen | wachtwoord resetten | nieuw wachtwoord |
			stel een nieuw wachtwoord
		`,
		signIn: list`inloggen | log in | aanmelden | inloglink`,
	},
	{
		language: 'sv',
		code: list`
			verifieringskod | bekräftelsekod | säkerhetskod | engångskod | engångslösenord | inloggningskod | åtkomstkod |
			aktiveringskod | din kod | följande kod | koden är
		`,
		otherCode: list`rabatt | kampanj | presentkort | post | boknings`,
		verify: list`
			bekräfta din e-post | bekräfta e-post | verifiera din e-post | verifiera e-post | bekräfta ditt konto |
			aktivera konto | aktivera ditt konto | bekräfta prenumeration | bekräfta registrering | slutför registreringen |
			bekräfta nu | acceptera inbjudan
		`,
		reset: list`återställ lösenord | återställ ditt lösenord | nytt lösenord | byt lösenord | ändra lösenord`,
		signIn: list`logga in | inloggningslänk`,
	},
	{
		language: 'da',
		code: list`
			bekræftelseskode | verifikationskode | sikkerhedskode | engangskode | engangsadgangskode | loginkode | adgangskoden er |
			aktiveringskode | din kode | følgende kode | koden er
		`,
		otherCode: list`rabat | kampagne | gave | post | booking`,
		verify: list`
			bekræft din e-mail | bekræft e-mail | bekræft din mail | bekræft din konto | verificer din e-mail | aktiver konto |
			aktivér konto | aktiver din konto | aktivér din konto | bekræft tilmelding | fuldfør registrering | accepter invitation
		`,
		reset: list`nulstil adgangskode | nulstil din adgangskode | ny adgangskode | skift adgangskode`,
		signIn: list`log ind | login-link | log på`,
	},
	{
		language: 'no',
		code: list`
			bekreftelseskode | verifiseringskode | sikkerhetskode | engangskode | engangspassord | innloggingskode |
			påloggingskode | aktiveringskode | koden din | din kode | følgende kode | koden er
		`,
		otherCode: list`rabatt | kampanje | gave | post | bestillings`,
		verify: list`
			bekreft e-post | bekreft e-postadressen | bekreft din e-post | verifiser e-post | bekreft konto | bekreft kontoen |
			aktiver konto | aktiver kontoen | bekreft påmelding | bekreft registrering | fullfør registreringen |
			godta invitasjonen
		`,
		reset: list`tilbakestill passord | tilbakestill passordet | nullstill passord | nytt passord | endre passord | bytt passord`,
		signIn: list`logg inn | logg på | innloggingslenke`,
	},
	{
		language: 'fi',
		code: list`
			vahvistuskood | vahvistuskoodi | turvakoodi | kertakäyttökoodi | kertakäyttöinen koodi | kertakäyttöinen salasana |
			kirjautumiskoodi | aktivointikoodi | todennuskoodi | koodisi | seuraava koodi | koodi on
		`,
		otherCode: list`alennus | kampanja | lahja | posti | varaus`,
		verify: list`
			vahvista sähköposti | vahvista sähköpostiosoite | vahvista tili | aktivoi tili | aktivoi tilisi |
			vahvista rekisteröityminen | vahvista tilaus | viimeistele rekisteröityminen | hyväksy kutsu
		`,
		reset: list`palauta salasana | vaihda salasana | uusi salasana | aseta uusi salasana | nollaa salasana`,
		signIn: list`kirjaudu | kirjaudu sisään | kirjautumislinkki`,
	},
	{
		language: 'pl',
		code: list`
			kod weryfikacyjny | kod potwierdzający | kod bezpieczeństwa | kod jednorazowy | jednorazowy kod |
			hasło jednorazowe | jednorazowe hasło | kod logowania | kod dostępu | kod aktywacyjny | kod uwierzytelniający |
			twój kod | następujący kod | kod to
		`,
		otherCode: list`rabatowy | promocyjny | pocztowy | podarunkowy`,
		verify: list`
			potwierdź adres e-mail | potwierdź adres | potwierdź e-mail | potwierdź email | zweryfikuj adres | zweryfikuj e-mail |
			zweryfikuj konto | potwierdź konto | aktywuj konto | potwierdź rejestrację | potwierdź subskrypcję |
			dokończ rejestrację | przyjmij zaproszenie | zaakceptuj zaproszenie
		`,
		reset: list`zresetuj hasło | resetuj hasło | ustaw nowe hasło | nowe hasło | zmień hasło`,
		signIn: list`zaloguj się | zaloguj | link do logowania`,
	},
	{
		language: 'cs',
		code: list`
			ověřovací kód | potvrzovací kód | bezpečnostní kód | jednorázový kód | jednorázové heslo | přihlašovací kód |
			přístupový kód | aktivační kód | váš kód | tvůj kód | následující kód | kód je
		`,
		otherCode: list`slevový | dárkový | promo`,
		verify: list`
			ověřit e-mail | ověřit email | ověřte svůj e-mail | potvrdit e-mail | potvrďte svůj e-mail | potvrdit adresu |
			potvrdit účet | aktivovat účet | aktivujte svůj účet | potvrdit registraci | dokončit registraci | přijmout pozvánku
		`,
		reset: list`obnovit heslo | resetovat heslo | nastavit nové heslo | nové heslo | změnit heslo`,
		signIn: list`přihlásit se | přihlásit | přihlašovací odkaz`,
	},
	{
		language: 'sk',
		code: list`
			overovací kód | potvrdzovací kód | bezpečnostný kód | jednorazový kód | jednorazové heslo | prihlasovací kód |
			prístupový kód | aktivačný kód | váš kód | tvoj kód | nasledujúci kód | kód je
		`,
		otherCode: list`zľavový | darčekový | promo`,
		verify: list`
			overiť e-mail | overiť email | potvrdiť e-mail | potvrdiť email | potvrďte svoj e-mail | potvrdiť adresu | potvrdiť účet |
			aktivovať účet | aktivujte svoj účet | potvrdiť registráciu | dokončiť registráciu | prijať pozvánku
		`,
		reset: list`obnoviť heslo | resetovať heslo | nastaviť nové heslo | nové heslo | zmeniť heslo`,
		signIn: list`prihlásiť sa | prihlásiť | prihlasovací odkaz`,
	},
	{
		language: 'hu',
		code: list`
			ellenőrző kód | megerősítő kód | biztonsági kód | egyszer használatos kód | egyszeri kód | egyszer használatos jelszó |
			egyszeri jelszó | belépési kód | bejelentkezési kód | aktiváló kód | hitelesítő kód | az ön kódja | a kódod | kódja
		`,
		otherCode: list`kedvezmény | kupon | ajándék | irányító`,
		verify: list`
			e-mail cím megerősítése | email cím megerősítése | e-mail megerősítése | erősítse meg | erősítsd meg |
			fiók megerősítése | fiók aktiválása | regisztráció megerősítése | regisztráció befejezése | feliratkozás megerősítése |
			meghívó elfogadása
		`,
		reset: list`jelszó visszaállítása | új jelszó | jelszó módosítása | jelszó megváltoztatása`,
		signIn: list`bejelentkezés | belépés | jelentkezzen be`,
	},
	{
		language: 'ro',
		code: list`
			cod de verificare | codul de verificare | cod de confirmare | codul de confirmare | cod de securitate |
			codul de securitate | cod unic | codul unic | parolă unică | cod de acces | cod de activare | cod de autentificare |
			codul dvs | codul tău | următorul cod
		`,
		otherCode: list`promoțional | reducere | poștal | cadou`,
		verify: list`
			verifică adresa | verifică e-mailul | verificați adresa | confirmă adresa | confirmă e-mailul | confirmați adresa |
			confirmă contul | activează contul | activați contul | confirmă înregistrarea | confirmă abonarea |
			finalizează înregistrarea | acceptă invitația
		`,
		reset: list`resetează parola | resetați parola | parolă nouă | schimbă parola | setează o parolă nouă`,
		signIn: list`conectează-te | autentificare | intră în cont`,
	},
	{
		language: 'bg',
		code: list`
			код за потвърждение | код за потвърждаване | код за проверка | код за сигурност | еднократен код |
			еднократна парола | код за достъп | код за активиране | код за вход | вашият код | твоят код | следния код
		`,
		otherCode: list`промо | пощенски | отстъпка`,
		verify: list`
			потвърдете имейла | потвърдете имейл | потвърди имейла | потвърждаване на имейл | потвърдете акаунта |
			активирайте акаунта | активирай профила | активиране на профила | потвърди регистрацията | потвърдете регистрацията |
			приемане на поканата
		`,
		reset: list`нулиране на паролата | нова парола | смяна на паролата | възстановяване на парола`,
		signIn: list`вход | влезте | влез в профила`,
	},
	{
		language: 'el',
		code: list`
			κωδικός επαλήθευσης | κωδικό επαλήθευσης | κωδικός επιβεβαίωσης | κωδικός ασφαλείας | κωδικός μιας χρήσης |
			κωδικό μιας χρήσης | κωδικός πρόσβασης μίας χρήσης | κωδικός σύνδεσης | κωδικός ενεργοποίησης | ο κωδικός σας |
			ο κωδικός σου | ακόλουθο κωδικό
		`,
		otherCode: list`εκπτωτικός | ταχυδρομικός | προσφοράς`,
		verify: list`
			επαλήθευση email | επαλήθευση διεύθυνσης | επαληθεύστε το email | επιβεβαίωση email | επιβεβαιώστε το email |
			επιβεβαίωση λογαριασμού | ενεργοποίηση λογαριασμού | ενεργοποιήστε τον λογαριασμό | επιβεβαίωση εγγραφής |
			ολοκλήρωση εγγραφής | αποδοχή πρόσκλησης
		`,
		reset: list`επαναφορά κωδικού | νέος κωδικός | αλλαγή κωδικού | ορισμός νέου κωδικού`,
		signIn: list`σύνδεση | συνδεθείτε | είσοδος`,
	},
	{
		language: 'ru',
		code: list`
			код подтверждения | проверочный код | код проверки | код безопасности | одноразовый код | одноразовый пароль |
			код доступа | код активации | код для входа | код авторизации | код аутентификации | ваш код | твой код |
			следующий код | код:
		`,
		otherCode: list`промо | почтовый | купон | скидочный`,
		verify: list`
			подтвердить адрес | подтвердить почту | подтвердить email | подтвердить e-mail | подтвердите адрес | подтвердите почту |
			подтвердить электронную почту | подтвердить аккаунт | подтвердить регистрацию | подтвердите регистрацию |
			активировать аккаунт | активировать учетную запись | активировать учётную запись | завершить регистрацию |
			подтвердить подписку | принять приглашение
		`,
		reset: list`сбросить пароль | сброс пароля | новый пароль | изменить пароль | сменить пароль | восстановить пароль`,
		signIn: list`войти | вход | ссылка для входа`,
	},
	{
		language: 'uk',
		code: list`
			код підтвердження | код перевірки | код безпеки | одноразовий код | одноразовий пароль | код доступу |
			код активації | код для входу | код авторизації | ваш код | твій код | наступний код | код:
		`,
		otherCode: list`промо | поштовий | купон`,
		verify: list`
			підтвердити адресу | підтвердити пошту | підтвердити email | підтвердити електронну | підтвердьте адресу |
			підтвердити обліковий запис | підтвердити реєстрацію | активувати обліковий запис | активувати акаунт |
			завершити реєстрацію | підтвердити підписку | прийняти запрошення
		`,
		reset: list`скинути пароль | новий пароль | змінити пароль | відновити пароль`,
		signIn: list`увійти | вхід | посилання для входу`,
	},
	{
		language: 'tr',
		code: list`
			doğrulama kodu | onay kodu | güvenlik kodu | tek kullanımlık kod | tek kullanımlık şifre | tek kullanımlık parola |
			giriş kodu | erişim kodu | aktivasyon kodu | kimlik doğrulama kodu | kodunuz | kodun: | aşağıdaki kodu
		`,
		otherCode: list`indirim | promosyon | posta | kupon | hediye`,
		verify: list`
			e-postayı doğrula | e-posta adresini doğrula | e-posta adresinizi doğrulayın | e-postanızı doğrulayın |
			hesabı doğrula | hesabınızı doğrulayın | hesabımı doğrula | hesabı etkinleştir | hesabınızı etkinleştirin |
			e-postamı onayla | kaydı onayla | kaydınızı tamamlayın | aboneliği onayla | daveti kabul et
		`,
		reset: list`şifreyi sıfırla | şifremi sıfırla | şifrenizi sıfırlayın | parolayı sıfırla | parolanızı sıfırlayın | yeni şifre | şifre değiştir`,
		signIn: list`giriş yap | oturum aç | giriş bağlantısı`,
	},
	{
		language: 'ar',
		code: list`رمز التحقق | رمز التأكيد | رمز الأمان | كود التحقق | كود التفعيل | رمز التفعيل | رمز الدخول | رمز لمرة واحدة | كلمة مرور لمرة واحدة | رمزك`,
		otherCode: list`الخصم | الترويجي | البريدي`,
		verify: list`تأكيد البريد | تأكيد بريدك | تحقق من بريدك | تأكيد الحساب | تفعيل الحساب | تفعيل حسابك | تأكيد الاشتراك | تأكيد التسجيل | قبول الدعوة`,
		reset: list`إعادة تعيين كلمة المرور | تعيين كلمة مرور جديدة | كلمة مرور جديدة | تغيير كلمة المرور`,
		signIn: list`تسجيل الدخول | رابط الدخول`,
	},
	{
		language: 'he',
		code: list`קוד אימות | קוד האימות | קוד אישור | קוד אבטחה | קוד חד פעמי | קוד חד-פעמי | סיסמה חד פעמית | סיסמה חד-פעמית | קוד כניסה | קוד הפעלה | הקוד שלך`,
		otherCode: list`הנחה | קופון`,
		verify: list`אימות כתובת | אימות דוא | אמת את | אישור כתובת | אישור חשבון | הפעלת חשבון | הפעל את החשבון | אישור הרשמה | קבלת ההזמנה`,
		reset: list`איפוס סיסמה | סיסמה חדשה | שינוי סיסמה`,
		signIn: list`התחברות | כניסה לחשבון | התחבר`,
	},
	{
		language: 'fa',
		code: list`کد تأیید | کد تایید | کد امنیتی | رمز یکبار مصرف | رمز یک‌بار مصرف | کد ورود | کد فعال‌سازی | کد فعالسازی | کد شما`,
		otherCode: list`تخفیف | پستی`,
		verify: list`تأیید ایمیل | تایید ایمیل | تأیید حساب | تایید حساب | فعال‌سازی حساب | فعالسازی حساب | تکمیل ثبت‌نام | پذیرش دعوت`,
		reset: list`بازنشانی رمز عبور | رمز عبور جدید | تغییر رمز عبور`,
		signIn: list`ورود به حساب | وارد شوید`,
	},
	{
		language: 'hi',
		code: list`सत्यापन कोड | पुष्टिकरण कोड | सुरक्षा कोड | ओटीपी | वन-टाइम पासवर्ड | एक बार का पासवर्ड | आपका कोड | लॉगिन कोड`,
		otherCode: list`छूट | पिन`,
		verify: list`ईमेल सत्यापित करें | ईमेल की पुष्टि करें | खाता सत्यापित करें | खाता सक्रिय करें | पंजीकरण की पुष्टि`,
		reset: list`पासवर्ड रीसेट करें | नया पासवर्ड | पासवर्ड बदलें`,
		signIn: list`साइन इन करें | लॉग इन करें`,
	},
	{
		language: 'id',
		code: list`kode verifikasi | kode konfirmasi | kode keamanan | kode sekali pakai | kata sandi sekali pakai | kode akses | kode aktivasi | kode masuk | kode otp | kode anda | kode berikut`,
		otherCode: list`promo | diskon | pos | kupon`,
		verify: list`verifikasi email | verifikasi akun | konfirmasi email | konfirmasi akun | aktifkan akun | konfirmasi pendaftaran | selesaikan pendaftaran | terima undangan`,
		reset: list`atur ulang kata sandi | reset kata sandi | ubah kata sandi | kata sandi baru | reset password`,
		signIn: list`masuk ke akun | masuk sekarang | tautan masuk`,
	},
	{
		language: 'vi',
		code: list`mã xác minh | mã xác nhận | mã xác thực | mã bảo mật | mã otp | mật khẩu dùng một lần | mã dùng một lần | mã đăng nhập | mã kích hoạt | mã của bạn`,
		otherCode: list`giảm giá | khuyến mãi | bưu chính`,
		verify: list`xác minh email | xác nhận email | xác thực email | xác minh tài khoản | xác nhận tài khoản | kích hoạt tài khoản | xác nhận đăng ký | hoàn tất đăng ký | chấp nhận lời mời`,
		reset: list`đặt lại mật khẩu | mật khẩu mới | đổi mật khẩu`,
		signIn: list`đăng nhập`,
	},
	{
		language: 'th',
		code: list`รหัสยืนยัน | รหัสการยืนยัน | รหัสความปลอดภัย | รหัสผ่านแบบใช้ครั้งเดียว | รหัสแบบใช้ครั้งเดียว | รหัสใช้ครั้งเดียว | รหัส otp | รหัสของคุณ`,
		otherCode: list`ส่วนลด | ไปรษณีย์`,
		verify: list`ยืนยันอีเมล | ยืนยันที่อยู่อีเมล | ยืนยันบัญชี | เปิดใช้งานบัญชี | ยืนยันการสมัคร | ยอมรับคำเชิญ`,
		reset: list`รีเซ็ตรหัสผ่าน | ตั้งรหัสผ่านใหม่ | เปลี่ยนรหัสผ่าน`,
		signIn: list`เข้าสู่ระบบ | ลงชื่อเข้าใช้`,
	},
	{
		language: 'ja',
		code: list`認証コード | 確認コード | 検証コード | セキュリティコード | セキュリティ コード | ワンタイムパスワード | ワンタイムコード | ワンタイムパスコード | ログインコード | 認証番号 | 確認番号 | パスコード`,
		otherCode: list`クーポン | 割引 | プロモーション`,
		verify: list`メールアドレスを確認 | メールアドレスの確認 | メールアドレスを認証 | メールを確認する | アカウントを有効 | アカウントを確認 | アカウントの確認 | 登録を完了 | 登録を確認 | 本登録 | 認証する | 招待を承諾`,
		reset: list`パスワードをリセット | パスワードの再設定 | パスワードを再設定 | パスワード再設定 | 新しいパスワード | パスワードを変更`,
		signIn: list`ログイン | サインイン`,
	},
	{
		language: 'ko',
		code: list`인증 코드 | 인증코드 | 인증 번호 | 인증번호 | 확인 코드 | 확인코드 | 보안 코드 | 보안코드 | 일회용 비밀번호 | 일회용 코드 | 로그인 코드`,
		otherCode: list`할인 | 쿠폰 | 우편`,
		verify: list`이메일 인증 | 이메일 확인 | 이메일 주소 인증 | 이메일 주소 확인 | 계정 인증 | 계정 확인 | 계정 활성화 | 가입 완료 | 인증하기 | 초대 수락`,
		reset: list`비밀번호 재설정 | 비밀번호 초기화 | 새 비밀번호 | 비밀번호 변경`,
		signIn: list`로그인`,
	},
	{
		language: 'zh',
		code: list`验证码 | 驗證碼 | 校验码 | 确认码 | 確認碼 | 安全码 | 安全碼 | 安全代码 | 动态码 | 动态密码 | 一次性密码 | 一次性密碼 | 一次性代码 | 验证代码 | 驗證代碼 | 登录码 | 登入碼 | 激活码 | 認證碼`,
		otherCode: list`优惠 | 折扣 | 邮政 | 優惠`,
		verify: list`验证邮箱 | 验证您的邮箱 | 验证电子邮件 | 验证您的电子邮件 | 验证邮件地址 | 確認電子郵件 | 驗證電子郵件 | 驗證信箱 | 确认邮箱 | 确认您的邮箱 | 激活账号 | 激活帐户 | 激活账户 | 激活您的 | 啟用帳號 | 啟用帳戶 | 确认注册 | 完成注册 | 完成註冊 | 确认订阅 | 接受邀请 | 接受邀請`,
		reset: list`重置密码 | 重设密码 | 重設密碼 | 设置新密码 | 新密码 | 新密碼 | 修改密码 | 更改密碼`,
		signIn: list`登录 | 登入`,
	},
];
