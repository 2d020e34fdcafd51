"""Names that mail services and programs give their folders, by what the folders are for.

From Exchange, Outlook.com, Gmail, Yahoo, Apple Mail and Thunderbird in thirty languages. Within a role the
first name that exists wins, so the usual ones stand first. Names are separated by semicolons.
"""

from __future__ import annotations

from tui.model.folder import Role

NAMES: dict[Role, str] = {
    Role.SENT: (
        "Sent Items;Sent;Sent Messages;Sent Mail;Sent Email;Gesendete Elemente;Gesendet;"
        "Gesendete Objekte;Gesendete Nachrichten;Éléments envoyés;Envoyés;Messages envoyés;"
        "Objets envoyés;Elementos enviados;Enviados;Mensajes enviados;Correo enviado;Posta inviata;"
        "Inviati;Inviata;Itens enviados;E-mails enviados;Mensagens enviadas;Verzonden items;"
        "Verzonden;Verzonden berichten;Skickat;Skickade objekt;Skickade;Sendt post;Sendte elementer;"
        "Sendt;Sendte;Lähetetyt;Lähetetyt viestit;Elementy wysłane;Wysłane;Odeslaná pošta;Odeslané;"
        "Odoslané;Odoslaná pošta;Elküldött elemek;Elküldött;Elemente trimise;Trimise;Mesaje trimise;"
        "Изпратени;Изпратени елементи;Отправленные;Надіслані;Надіслані елементи;Απεσταλμένα;Σταλμένα;"
        "Gönderilmiş Öğeler;Gönderilenler;Gönderilmiş Postalar;פריטים שנשלחו;נשלח;العناصر المرسلة;"
        "المرسلة;البريد المرسل;送信済みアイテム;送信済み;送信済みメール;已发送邮件;已发送;寄件備份;"
        "已傳送;보낸 편지함;보낸편지함;보낸 메일함;Thư đã gửi;Đã gửi;รายการที่ส่ง;ส่งแล้ว;"
        "Item Terkirim;Terkirim;Elements enviats;Enviats;Poslane stavke;Poslano;Poslato;"
        "Išsiųsti elementai;Išsiųsta;Nosūtītie vienumi;Nosūtītās;Saadetud üksused;Saadetud kirjad;"
        "Saadetud"
    ),
    Role.DRAFTS: (
        "Drafts;Draft;Entwürfe;Entwurf;Brouillons;Borradores;Bozze;Rascunhos;Concepten;Utkast;"
        "Kladder;Luonnokset;Wersje robocze;Kopie robocze;Szkice;Koncepty;Rozepsané;Rozpísané;"
        "Piszkozatok;Schițe;Schiţe;Mesaje nefinalizate;Ciorne;Чернови;Черновики;Чернетки;Πρόχειρα;"
        "Taslaklar;טיוטות;المسودات;مسودات;下書き;草稿;草稿箱;草稿匣;임시 보관함;임시보관함;Thư nháp;"
        "Bản nháp;แบบร่าง;ร่างจดหมาย;Konsep;Draf;Esborranys;Skice;Nacrti;Osnutki;Nedovršene;"
        "Juodraščiai;Melnraksti;Mustandid"
    ),
    Role.TRASH: (
        "Deleted Items;Trash;Deleted;Deleted Messages;Bin;Wastebasket;Gelöschte Elemente;Gelöscht;"
        "Papierkorb;Gelöschte Objekte;Éléments supprimés;Supprimés;Corbeille;Messages supprimés;"
        "Elementos eliminados;Eliminados;Papelera;Posta eliminata;Eliminati;Cestino;Itens excluídos;"
        "Itens eliminados;Lixeira;Lixo;Reciclagem;Verwijderde items;Verwijderd;Prullenbak;Borttaget;"
        "Borttagna objekt;Papperskorgen;Slettet post;Slettede elementer;Slettet;Papirkurv;Papirkorg;"
        "Søppel;Poistetut;Roskakori;Elementy usunięte;Kosz;Usunięte;Odstraněná pošta;Koš;Odstranené;"
        "Odstránená pošta;Kôš;Törölt elemek;Kuka;Lomtár;Elemente șterse;Elemente şterse;Gunoi;"
        "Coș de gunoi;Изтрити;Кошче;Изтрити елементи;Удаленные;Удалённые;Корзина;Видалені;"
        "Видалені елементи;Кошик;Διαγραμμένα;Κάδος απορριμμάτων;Κάδος;Silinmiş Öğeler;Silinenler;"
        "Çöp Kutusu;Çöp;פריטים שנמחקו;אשפה;العناصر المحذوفة;المحذوفة;المهملات;سلة المهملات;"
        "削除済みアイテム;ゴミ箱;已删除邮件;已删除;垃圾箱;废纸篓;刪除的郵件;已刪除;垃圾桶;"
        "지운 편지함;휴지통;Thư đã xóa;Thùng rác;รายการที่ถูกลบ;ถังขยะ;Item Terhapus;Sampah;"
        "Elements suprimits;Paperera;Izbrisane stavke;Smeće;Izbrisano;Koš za smeti;Отпад;"
        "Pašalinti elementai;Šiukšlinė;Izdzēstie vienumi;Atkritne;Kustutatud üksused;Prügikast"
    ),
    Role.JUNK: (
        "Junk Email;Junk E-mail;Junk;Junk Mail;Spam;Bulk Mail;Bulk;Junk-E-Mail;Spamverdacht;"
        "Unerwünscht;Courrier indésirable;Indésirables;Pourriel;Correo no deseado;"
        "Correo electrónico no deseado;No deseado;Posta indesiderata;Indesiderata;Lixo Eletrônico;"
        "Correio eletrónico de lixo;Lixo Eletrónico;Email de lixo;Ongewenste e-mail;Ongewenst;"
        "Ongewenste reclame;Skräppost;Uønsket e-post;Uønsket e-mail;Uønsket mail;Søppelpost;"
        "Roskaposti;Wiadomości-śmieci;Niechciana poczta;Nevyžádaná pošta;Nevyžiadaná pošta;"
        "Nevyžiadaná;Levélszemét;Kéretlen;E-mail nedorit;Mesaje nedorite;Нежелана поща;Спам;"
        "Нежелательная почта;Небажана пошта;Ανεπιθύμητη αλληλογραφία;Ανεπιθύμητα;Önemsiz E-posta;"
        "Gereksiz;İstenmeyen;דואר זבל;ספאם;البريد الإلكتروني غير الهام;غير هام;迷惑メール;垃圾邮件;"
        "垃圾郵件;정크 메일;스팸 편지함;스팸메일함;스팸함;Thư rác;Email rác;อีเมลขยะ;สแปม;"
        "Email Sampah;Correu brossa;Bezvrijedna e-pošta;Neželena e-pošta;Neželjena pošta;"
        "Nepageidaujami laiškai;Brukalas;Mēstules;Surogātpasts;Rämpspost"
    ),
    Role.ARCHIVE: (
        "Archive;Archives;Archiv;Archivo;Archivados;Archivio;Arquivo;Arquivo Morto;"
        "Archief;Arkiv;Arkisto;Archiwum;Archív;Archívum;Arhivă;Arhiva;Архив;Архів;Αρχειοθήκη;Αρχείο;"
        "Arşiv;ארכיון;الأرشيف;أرشيف;アーカイブ;存档;归档;封存;보관;보관함;Lưu trữ;ที่เก็บถาวร;"
        "เก็บถาวร;Arsip;Arxiu;Arhiv;Archyvas;Arhīvs;Arhiiv"
    ),
}
